-- Why: programs read tasks by when they were set, the latest first; none of the other orders serves that.

CREATE INDEX tasks_created_at_idx ON tasks (created_at, id);
