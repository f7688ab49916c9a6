-- Pages of a draft that a new version of the definition asks again and that were not saved since, with commas between.
alter table case_draft add column ask_again text not null default '';
