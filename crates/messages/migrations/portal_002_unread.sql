-- Who opens where a case stands has read what they were told of it; those few are found by the case.
create index notice_unread_of_case on notice (case_id) where read_at is null;
