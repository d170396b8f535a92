-- Why: an act on many companies is looked at before it is done, named afterwards row by row, and taken back within an hour.

CREATE TABLE bulk_acts (
    id         uuid CONSTRAINT bulk_acts_pkey PRIMARY KEY,
    actor_id   bigint NOT NULL CONSTRAINT bulk_acts_actor_id_fkey REFERENCES users (id),
    -- {"give": 5}, {"status": 3}, {"status": null}, {"spheres": ["add", [1, 2]]}. No foreign keys: what is named here
    -- may be gone by the time the act is taken back.
    wish       jsonb NOT NULL,
    -- The wish as people read it, in the names of its time.
    title      text NOT NULL,
    -- The list that it began in; whether all of it was meant.
    query      text NOT NULL DEFAULT '',
    is_whole   boolean NOT NULL DEFAULT false,
    state      text NOT NULL CONSTRAINT bulk_acts_state_check CHECK (state IN ('draft', 'done', 'undone')),
    created_at timestamptz NOT NULL,
    done_at    timestamptz CONSTRAINT bulk_acts_done_at_check CHECK ((done_at IS NULL) = (state = 'draft')),
    undone_at  timestamptz CONSTRAINT bulk_acts_undone_at_check CHECK ((undone_at IS NULL) = (state <> 'undone')),
    undone_by  bigint CONSTRAINT bulk_acts_undone_by_fkey REFERENCES users (id)
);
CREATE INDEX bulk_acts_actor_id_idx ON bulk_acts (actor_id, done_at DESC, id DESC);
CREATE INDEX bulk_acts_undone_by_idx ON bulk_acts (undone_by) WHERE undone_by IS NOT NULL;
CREATE INDEX bulk_acts_done_at_idx ON bulk_acts (done_at DESC, id DESC);
CREATE INDEX bulk_acts_created_at_idx ON bulk_acts (created_at);

CREATE TABLE bulk_rows (
    act_id          uuid NOT NULL CONSTRAINT bulk_rows_act_id_fkey REFERENCES bulk_acts (id) ON DELETE CASCADE,
    company_id      uuid NOT NULL CONSTRAINT bulk_rows_company_id_fkey REFERENCES companies (id) ON DELETE CASCADE,
    verdict         text NOT NULL CONSTRAINT bulk_rows_verdict_check
                    CHECK (verdict IN ('ready', 'same', 'denied', 'done', 'changed', 'undone', 'touched', 'lost')),
    -- The company's version when it was looked at; once the row is done, the one that the act left.
    version         integer NOT NULL,
    -- What it had, without foreign keys as above.
    old_responsible bigint,
    old_branch      bigint,
    old_status      bigint,
    old_spheres     bigint[] NOT NULL,
    CONSTRAINT bulk_rows_pkey PRIMARY KEY (act_id, company_id)
);
CREATE INDEX bulk_rows_company_id_idx ON bulk_rows (company_id);
