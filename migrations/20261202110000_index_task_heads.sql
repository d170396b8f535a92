-- Why: the desk counts a block and picks its first rows from one index alone, also for a branch, and without looking at the
-- tasks themselves.

DROP INDEX tasks_open_idx;
CREATE INDEX tasks_open_idx ON tasks (due_key, id) INCLUDE (assignee_id, company_id) WHERE status IN ('new', 'in_progress');
-- Whether a company has overdue ones is seen in an index too.
CREATE INDEX tasks_company_open_idx ON tasks (company_id, due_key)
    WHERE status IN ('new', 'in_progress') AND company_id IS NOT NULL;
-- New ones that somebody else set, as «Новые назначения» shows them.
DROP INDEX tasks_assignee_new_idx;
CREATE INDEX tasks_assignee_new_idx ON tasks (assignee_id, created_at, id)
    WHERE status = 'new' AND author_id IS DISTINCT FROM assignee_id;
