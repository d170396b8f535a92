-- Why: a sphere was misspelt from the first day on. Where somebody has added the right word meanwhile, people decide.
UPDATE company_spheres SET name = 'Металлургия', version = version + 1
WHERE name = 'Металургия'
  AND NOT EXISTS (SELECT FROM company_spheres WHERE lower(name) = 'металлургия');
