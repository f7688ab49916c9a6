-- How far drafts came: for the town's figures, by draft so that nothing is counted twice. What goes on to the figures are counts alone.
create table form_walked (
  draft text not null,
  -- Empty when it was begun; a page that was completed; '!' and a question that did not take what was typed; '+' when it was filed.
  reached text not null,
  procedure text not null,
  version text not null,
  -- The day on which the draft was begun.
  day text not null,
  primary key (draft, reached)
);
create index form_walked_day on form_walked (day, procedure, version, reached);
