-- Cases that are decided with their round (一斉受付): nobody decides them singly before its day of announcement.
create table case_round (
  case_id text not null primary key,
  round text not null
);
