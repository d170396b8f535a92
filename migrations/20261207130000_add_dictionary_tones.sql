-- Why: spheres, contract types and regions have a colour as statuses and types of tasks do; spheres have an order, too,
-- which begins as the one in which people have read them so far.

ALTER TABLE company_spheres
    ADD COLUMN tone text NOT NULL DEFAULT 'neutral' CONSTRAINT company_spheres_tone_check
               CHECK (tone IN ('neutral', 'new', 'progress', 'done', 'danger'));
ALTER TABLE contract_types
    ADD COLUMN tone text NOT NULL DEFAULT 'neutral' CONSTRAINT contract_types_tone_check
               CHECK (tone IN ('neutral', 'new', 'progress', 'done', 'danger'));
ALTER TABLE regions
    ADD COLUMN tone text NOT NULL DEFAULT 'neutral' CONSTRAINT regions_tone_check
               CHECK (tone IN ('neutral', 'new', 'progress', 'done', 'danger'));

UPDATE company_spheres AS sphere
SET position = read.place
FROM (SELECT id, row_number() OVER (ORDER BY name) AS place FROM company_spheres) AS read
WHERE read.id = sphere.id AND sphere.position <> read.place;
