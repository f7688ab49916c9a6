-- Residents' side: what anyone who holds a letter may ask. The code itself is not here, and nothing of what a letter says.
create table letter_verify (
  mark text not null primary key,
  document_number text not null,
  sender text not null,
  bears text not null,
  voided_on text
);
