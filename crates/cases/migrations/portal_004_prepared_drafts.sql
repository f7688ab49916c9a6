-- 準備: the code under which the desk takes a draft over at the counter, and its last day; sealed.
alter table case_draft add column prepared blob;
