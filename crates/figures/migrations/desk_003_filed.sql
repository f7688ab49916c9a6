-- The versions under which a procedure was filed are read of these lines alone, not of all that was counted of it on each day.
create index figures_day_filed on figures_day (procedure, version, day, n) where measure = 'filed';
