-- 見つからなかった言葉, as the residents' side told them last: words and how many people, nothing else.
create table case_unfound (
  words text not null primary key,
  people bigint not null,
  told bigint not null
);
