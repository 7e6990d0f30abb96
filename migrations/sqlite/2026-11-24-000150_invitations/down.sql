DROP INDEX memberships_by_agent;
DROP TABLE invitations;
