-- Why: many tasks get another date or another person at once. What it would do is written down and shown first, and can
-- be taken back for an hour. Rows name tasks without a reference: a task that goes takes nothing of the act with it.

CREATE TABLE task_acts (
    id         uuid CONSTRAINT task_acts_pkey PRIMARY KEY,
    actor_id   bigint NOT NULL CONSTRAINT task_acts_actor_id_fkey REFERENCES users (id),
    wish       jsonb NOT NULL,
    state      text NOT NULL DEFAULT 'draft' CONSTRAINT task_acts_state_check CHECK (state IN ('draft', 'done', 'undone')),
    -- Where the list is that it began on.
    back       text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    done_at    timestamptz,
    undone_at  timestamptz
);
CREATE INDEX task_acts_actor_id_idx ON task_acts (actor_id, created_at DESC);
CREATE INDEX task_acts_created_at_idx ON task_acts (created_at);

CREATE TABLE task_act_rows (
    act_id      uuid NOT NULL CONSTRAINT task_act_rows_act_id_fkey REFERENCES task_acts (id),
    task_id     uuid NOT NULL,
    -- will, same, denied; after it: done, changed, gone; taken back: undone, left.
    verdict     text NOT NULL CONSTRAINT task_act_rows_verdict_check
                CHECK (verdict IN ('will', 'same', 'denied', 'done', 'changed', 'gone', 'undone', 'left')),
    -- Of the task: when it was chosen, and after the act.
    version     integer NOT NULL,
    title       text NOT NULL,
    assignee_id bigint NOT NULL CONSTRAINT task_act_rows_assignee_id_fkey REFERENCES users (id),
    due_at      timestamptz,
    is_all_day  boolean NOT NULL,
    CONSTRAINT task_act_rows_pkey PRIMARY KEY (act_id, task_id)
);
CREATE INDEX task_act_rows_assignee_id_idx ON task_act_rows (assignee_id);
