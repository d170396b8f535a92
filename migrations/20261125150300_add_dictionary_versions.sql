-- Why: two administrators may edit one entry; the second sees both versions. Some spheres matter more than others.

ALTER TABLE company_statuses ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE company_spheres
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN is_important boolean NOT NULL DEFAULT false;
ALTER TABLE contract_types ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE regions ADD COLUMN version integer NOT NULL DEFAULT 1;
