-- Why: each type of contract says when its end comes near: by days, and a yearly one also by the money that is left.

ALTER TABLE contract_types
    ADD COLUMN is_annual      boolean NOT NULL DEFAULT false,
    -- Days before the end: orange up to the first, red below the second.
    ADD COLUMN warning_days   integer NOT NULL DEFAULT 30
               CONSTRAINT contract_types_warning_days_check CHECK (warning_days BETWEEN 0 AND 3660),
    ADD COLUMN danger_days    integer NOT NULL DEFAULT 14
               CONSTRAINT contract_types_danger_days_check CHECK (danger_days BETWEEN 0 AND warning_days),
    -- Roubles; asked for only of yearly contracts.
    ADD COLUMN warning_amount numeric(14, 2) NOT NULL DEFAULT 70000
               CONSTRAINT contract_types_warning_amount_check CHECK (warning_amount >= 0),
    ADD COLUMN danger_amount  numeric(14, 2) NOT NULL DEFAULT 25000
               CONSTRAINT contract_types_danger_amount_check CHECK (danger_amount BETWEEN 0 AND warning_amount);

ALTER TABLE companies
    -- Roubles; of a yearly contract: what is left of it.
    ADD COLUMN contract_amount numeric(14, 2)
               CONSTRAINT companies_contract_amount_check CHECK (contract_amount >= 0);
