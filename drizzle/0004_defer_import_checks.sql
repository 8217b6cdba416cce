-- An import lets these wait until its transaction commits, while the next rows are already being written. Everybody else's
-- are checked at once, as before. A change of the catalogue alone: no row is read.
ALTER TABLE "contacts" ALTER CONSTRAINT "contacts_workspace_id_workspaces_id_fk" DEFERRABLE INITIALLY IMMEDIATE;--> statement-breakpoint
ALTER TABLE "list_contacts" ALTER CONSTRAINT "list_contacts_workspace_id_list_id_lists_workspace_id_id_fk" DEFERRABLE INITIALLY IMMEDIATE;--> statement-breakpoint
ALTER TABLE "list_contacts" ALTER CONSTRAINT "list_contacts_workspace_id_contact_id_contacts_workspace_id_id_" DEFERRABLE INITIALLY IMMEDIATE;
