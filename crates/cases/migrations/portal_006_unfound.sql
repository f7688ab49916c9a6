-- 見つからなかった言葉: what people looked for in vain, once a day for each who looked.
create table case_unfound (
  words text not null,
  who text not null,
  day text not null,
  primary key (words, who, day)
);
create index case_unfound_day on case_unfound (day, words);
