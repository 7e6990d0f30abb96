-- Who did what, when and why. Append-only: no statement of this program changes or removes a row.
CREATE TABLE audit_entries (
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    action text NOT NULL,
    -- Absent for the system itself and the command line.
    actor_account_id uuid,
    actor_role text,
    actor_agent_id uuid,
    subject_id uuid,
    request_id text,
    -- Sealed: the reason in somebody's own words, and the client's address.
    personal_sealed bytea,
    CONSTRAINT audit_entries_pkey PRIMARY KEY (id),
    CONSTRAINT audit_entries_actor_whole CHECK (
        (actor_account_id IS NULL) = (actor_role IS NULL)
        AND (actor_agent_id IS NULL OR actor_account_id IS NOT NULL)
    )
);

CREATE INDEX audit_entries_by_actor ON audit_entries (actor_account_id, id) WHERE actor_account_id IS NOT NULL;
CREATE INDEX audit_entries_by_subject ON audit_entries (subject_id, id) WHERE subject_id IS NOT NULL;
CREATE INDEX audit_entries_by_action ON audit_entries (action, id);
