-- How everybody stands at the first wish, so that a page of the list reads no more than it shows. No points: a copied disk tells none.
create table round_rank (
  round text not null,
  number text not null,
  child bigint not null,
  rank bigint not null,
  -- Null: of no class.
  class text,
  primary key (round, number, child)
);
create index round_rank_order on round_rank (round, rank);
