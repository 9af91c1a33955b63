CREATE TABLE "api_keys" (
	"id" bigint PRIMARY KEY NOT NULL,
	"uuid" text collate "C" NOT NULL,
	"hash" text collate "C" NOT NULL,
	"name" text collate "C" NOT NULL,
	"scopes" json NOT NULL,
	"created_at" bigint NOT NULL,
	"used_at" bigint,
	"expires_at" bigint
);
--> statement-breakpoint
CREATE TABLE "attachments" (
	"id" bigint PRIMARY KEY NOT NULL,
	"uuid" text collate "C" NOT NULL,
	"uploader" bigint,
	"message" bigint,
	"place" bigint NOT NULL,
	"file" bigint,
	"name" text collate "C" NOT NULL,
	"type" text collate "C" NOT NULL,
	"size" bigint NOT NULL,
	"width" bigint,
	"height" bigint,
	"url" text collate "C",
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"id" bigint PRIMARY KEY NOT NULL,
	"uuid" text collate "C" NOT NULL,
	"at" bigint NOT NULL,
	"user" bigint,
	"by" bigint,
	"action" text collate "C" NOT NULL,
	"target_type" text collate "C",
	"target_uuid" text collate "C",
	"details" json NOT NULL,
	"address" text collate "C"
);
--> statement-breakpoint
CREATE TABLE "authors" (
	"id" bigint PRIMARY KEY NOT NULL,
	"user" bigint NOT NULL,
	"role" text collate "C" NOT NULL,
	"name" text collate "C",
	"title" text collate "C",
	"avatar" text collate "C",
	CONSTRAINT "authors_role" CHECK ("authors"."role" in ('user', 'peer', 'agent', 'admin', 'bot'))
);
--> statement-breakpoint
CREATE TABLE "bots" (
	"id" bigint PRIMARY KEY NOT NULL,
	"engine" text collate "C" NOT NULL,
	"url" text collate "C" NOT NULL,
	"format" text collate "C" NOT NULL,
	"model" text collate "C",
	"prompt" text collate "C",
	"temperature" double precision,
	"actions" boolean NOT NULL,
	"history" bigint NOT NULL,
	"timeout_ms" bigint NOT NULL,
	"fallback" text collate "C",
	"key" text collate "C",
	"secret" text collate "C",
	CONSTRAINT "bots_engine" CHECK ("bots"."engine" in ('webhook', 'openai')),
	CONSTRAINT "bots_format" CHECK ("bots"."format" in ('parley', 'n8n'))
);
--> statement-breakpoint
CREATE TABLE "canned_replies" (
	"id" bigint PRIMARY KEY NOT NULL,
	"uuid" text collate "C" NOT NULL,
	"shortcut" text collate "C" NOT NULL,
	"text" text collate "C" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "conversations" (
	"id" bigint PRIMARY KEY NOT NULL,
	"uuid" text collate "C" NOT NULL,
	"kind" text collate "C" NOT NULL,
	"parent" bigint,
	"open_key" text collate "C",
	"external_id" text collate "C",
	"status" text collate "C" NOT NULL,
	"subject" text collate "C",
	"max_length" bigint,
	"seq" bigint NOT NULL,
	"rev" bigint NOT NULL,
	"reset_rev" bigint NOT NULL,
	"position" bigint NOT NULL,
	"activity" bigint NOT NULL,
	"last_seq" bigint,
	"last_user" bigint,
	"last_kind" text collate "C",
	"last_text" text collate "C",
	"last_at" bigint,
	"last_uncounted" bigint NOT NULL,
	"participant_count" bigint NOT NULL,
	"customer" bigint,
	"assignee" bigint,
	"queue" text collate "C",
	"team_read_seq" bigint NOT NULL,
	"team_read_at" bigint,
	"bot_after_read" bigint NOT NULL,
	"waiting" bigint,
	"first_response_at" bigint,
	"rating" bigint,
	"comment" text collate "C",
	"snoozed_until" bigint,
	"ip" text collate "C",
	"user_agent" text collate "C",
	"context" json NOT NULL,
	"created_at" bigint NOT NULL,
	"closed_at" bigint,
	CONSTRAINT "conversations_kind" CHECK ("conversations"."kind" in ('support', 'direct', 'room', 'side')),
	CONSTRAINT "conversations_status_value" CHECK ("conversations"."status" in ('open', 'closed')),
	CONSTRAINT "conversations_queue" CHECK ("queue" is null or "queue" in ('agent', 'peer'))
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"webhook" bigint NOT NULL,
	"event" bigint NOT NULL,
	"uuid" text collate "C" NOT NULL,
	"position" bigint NOT NULL,
	"conversation" bigint,
	"rev" bigint NOT NULL,
	"type" text collate "C" NOT NULL,
	"subject" bigint,
	"state" text collate "C" NOT NULL,
	"attempts" bigint NOT NULL,
	"first_at" bigint NOT NULL,
	"at" bigint NOT NULL,
	"next_at" bigint,
	"status" bigint,
	"latency_ms" bigint,
	"response" text collate "C",
	CONSTRAINT "deliveries_webhook_event_pk" PRIMARY KEY("webhook","event"),
	CONSTRAINT "deliveries_state_value" CHECK ("deliveries"."state" in ('waiting', 'done', 'failed')),
	CONSTRAINT "deliveries_next" CHECK (("state" = 'waiting') = ("next_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "files" (
	"id" bigint PRIMARY KEY NOT NULL,
	"hash" text collate "C" NOT NULL,
	"size" bigint NOT NULL,
	"records" bigint DEFAULT 0 NOT NULL,
	"avatar" text collate "C",
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identities" (
	"provider" text collate "C" NOT NULL,
	"subject" text collate "C" NOT NULL,
	"user" bigint NOT NULL,
	CONSTRAINT "identities_provider_subject_pk" PRIMARY KEY("provider","subject")
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"id" bigint PRIMARY KEY NOT NULL,
	"uuid" text collate "C" NOT NULL,
	"kind" text collate "C" NOT NULL,
	"state" json NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "links" (
	"id" bigint PRIMARY KEY NOT NULL,
	"hash" text collate "C" NOT NULL,
	"kind" text collate "C" NOT NULL,
	"user" bigint,
	"role" text collate "C",
	"created_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"used_at" bigint,
	CONSTRAINT "links_kind" CHECK ("links"."kind" in ('first_admin', 'invitation', 'password', 'mail'))
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"id" bigint PRIMARY KEY NOT NULL,
	"uuid" text collate "C" NOT NULL,
	"conversation" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"rev" bigint NOT NULL,
	"kind" text collate "C" NOT NULL,
	"author" bigint,
	"ai" boolean NOT NULL,
	"content" text collate "C",
	"state" text collate "C",
	"extra" json,
	"after_seq" bigint,
	"changed" boolean NOT NULL,
	"created_at" bigint NOT NULL,
	"edited_at" bigint,
	"deleted_at" bigint,
	CONSTRAINT "messages_kind" CHECK ("messages"."kind" in ('text', 'file', 'system'))
);
--> statement-breakpoint
CREATE TABLE "meta" (
	"id" bigint PRIMARY KEY NOT NULL,
	"epoch" text collate "C" NOT NULL,
	"position" bigint NOT NULL,
	"last_id" bigint NOT NULL,
	"file_bytes" bigint DEFAULT 0 NOT NULL,
	"search_mark" bigint DEFAULT 0 NOT NULL,
	"search_version" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"id" bigint PRIMARY KEY NOT NULL,
	"kind" text collate "C" NOT NULL,
	"conversation" bigint NOT NULL,
	"user" bigint,
	"due_at" bigint NOT NULL,
	"told" bigint NOT NULL,
	"failures" bigint NOT NULL,
	CONSTRAINT "notices_kind" CHECK ("notices"."kind" in ('unread', 'queue'))
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" bigint PRIMARY KEY NOT NULL,
	"position" bigint NOT NULL,
	"conversation" bigint NOT NULL,
	"rev" bigint NOT NULL,
	"type" text collate "C" NOT NULL,
	"subject" bigint,
	CONSTRAINT "outbox_type" CHECK ("outbox"."type" in ('message.created', 'message.updated', 'message.deleted', 'participant.updated', 'conversation.created', 'conversation.updated'))
);
--> statement-breakpoint
CREATE TABLE "participants" (
	"conversation" bigint NOT NULL,
	"user" bigint NOT NULL,
	"title" text collate "C",
	"moderator" boolean NOT NULL,
	"joined_at" bigint NOT NULL,
	"left_at" bigint,
	"rev" bigint NOT NULL,
	"read_seq" bigint NOT NULL,
	"read_at" bigint,
	"delivered_seq" bigint NOT NULL,
	"own_after_read" bigint NOT NULL,
	"mark_position" bigint NOT NULL,
	"member_position" bigint NOT NULL,
	CONSTRAINT "participants_conversation_user_pk" PRIMARY KEY("conversation","user")
);
--> statement-breakpoint
CREATE TABLE "passkeys" (
	"id" bigint PRIMARY KEY NOT NULL,
	"uuid" text collate "C" NOT NULL,
	"user" bigint NOT NULL,
	"credential" text collate "C" NOT NULL,
	"public_key" text collate "C" NOT NULL,
	"counter" bigint NOT NULL,
	"transports" json NOT NULL,
	"name" text collate "C" NOT NULL,
	"created_at" bigint NOT NULL,
	"used_at" bigint
);
--> statement-breakpoint
CREATE TABLE "pushes" (
	"id" bigint PRIMARY KEY NOT NULL,
	"user" bigint NOT NULL,
	"session" bigint,
	"endpoint" text collate "C" NOT NULL,
	"p256dh" text collate "C" NOT NULL,
	"auth" text collate "C" NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reads" (
	"conversation" bigint NOT NULL,
	"user" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "reads_conversation_user_seq_pk" PRIMARY KEY("conversation","user","seq")
);
--> statement-breakpoint
CREATE TABLE "receivers" (
	"id" bigint PRIMARY KEY NOT NULL,
	"kind" text collate "C" NOT NULL,
	"place" bigint NOT NULL,
	"ok_at" bigint,
	CONSTRAINT "receivers_kind" CHECK ("receivers"."kind" in ('webhook', 'notices'))
);
--> statement-breakpoint
CREATE TABLE "removals" (
	"id" bigint PRIMARY KEY NOT NULL,
	"position" bigint NOT NULL,
	"conversation" text collate "C" NOT NULL,
	"user" bigint
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" bigint PRIMARY KEY NOT NULL,
	"uuid" text collate "C" NOT NULL,
	"user" bigint NOT NULL,
	"kind" text collate "C" NOT NULL,
	"hash" text collate "C" NOT NULL,
	"previous_hash" text collate "C",
	"rotated_at" bigint,
	"created_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"used_day" bigint NOT NULL,
	"revoked_at" bigint,
	"address" text collate "C",
	"user_agent" text collate "C",
	CONSTRAINT "sessions_kind" CHECK ("sessions"."kind" in ('visitor', 'login', 'token'))
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"id" bigint PRIMARY KEY NOT NULL,
	"value" json NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tags" (
	"conversation" bigint NOT NULL,
	"tag" text collate "C" NOT NULL,
	CONSTRAINT "tags_conversation_tag_pk" PRIMARY KEY("conversation","tag")
);
--> statement-breakpoint
CREATE TABLE "totp" (
	"id" bigint PRIMARY KEY NOT NULL,
	"secret" text collate "C" NOT NULL,
	"created_at" bigint NOT NULL,
	"confirmed_at" bigint,
	"step" bigint NOT NULL,
	"recovery" json NOT NULL
);
--> statement-breakpoint
CREATE TABLE "turns" (
	"id" bigint PRIMARY KEY NOT NULL,
	"uuid" text collate "C" NOT NULL,
	"conversation" bigint NOT NULL,
	"bot" bigint NOT NULL,
	"up_to" bigint NOT NULL,
	"state" text collate "C" NOT NULL,
	"reply" bigint,
	"until" bigint,
	"created_at" bigint NOT NULL,
	CONSTRAINT "turns_state" CHECK ("turns"."state" in ('waiting', 'asked', 'deferred', 'answered', 'failed', 'handed_over'))
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" bigint PRIMARY KEY NOT NULL,
	"uuid" text collate "C" NOT NULL,
	"role" text collate "C" NOT NULL,
	"anonymous" boolean NOT NULL,
	"name" text collate "C",
	"email" text collate "C",
	"title" text collate "C",
	"avatar" text collate "C",
	"password" text collate "C",
	"fields" json NOT NULL,
	"created_at" bigint NOT NULL,
	"last_seen_at" bigint,
	"blocked_at" bigint,
	"disabled_at" bigint,
	"erased_at" bigint,
	"merged_into" bigint,
	"notifications" json DEFAULT '{}'::json NOT NULL,
	CONSTRAINT "users_role" CHECK ("users"."role" in ('user', 'peer', 'agent', 'admin', 'bot'))
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"id" bigint PRIMARY KEY NOT NULL,
	"uuid" text collate "C" NOT NULL,
	"url" text collate "C" NOT NULL,
	"events" json NOT NULL,
	"kinds" json NOT NULL,
	"enabled" boolean NOT NULL,
	"generation" bigint NOT NULL,
	"rotated_at" bigint,
	"failed_at" bigint,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_uploader_users_id_fk" FOREIGN KEY ("uploader") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_message_messages_id_fk" FOREIGN KEY ("message") REFERENCES "messages"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_file_files_id_fk" FOREIGN KEY ("file") REFERENCES "files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit" ADD CONSTRAINT "audit_user_users_id_fk" FOREIGN KEY ("user") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit" ADD CONSTRAINT "audit_by_authors_id_fk" FOREIGN KEY ("by") REFERENCES "authors"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "authors" ADD CONSTRAINT "authors_user_users_id_fk" FOREIGN KEY ("user") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bots" ADD CONSTRAINT "bots_id_users_id_fk" FOREIGN KEY ("id") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_parent_conversations_id_fk" FOREIGN KEY ("parent") REFERENCES "conversations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_customer_users_id_fk" FOREIGN KEY ("customer") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_assignee_users_id_fk" FOREIGN KEY ("assignee") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_webhook_webhooks_id_fk" FOREIGN KEY ("webhook") REFERENCES "webhooks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identities" ADD CONSTRAINT "identities_user_users_id_fk" FOREIGN KEY ("user") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "links" ADD CONSTRAINT "links_user_users_id_fk" FOREIGN KEY ("user") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_conversation_conversations_id_fk" FOREIGN KEY ("conversation") REFERENCES "conversations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_author_authors_id_fk" FOREIGN KEY ("author") REFERENCES "authors"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_user_users_id_fk" FOREIGN KEY ("user") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants" ADD CONSTRAINT "participants_conversation_conversations_id_fk" FOREIGN KEY ("conversation") REFERENCES "conversations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "participants" ADD CONSTRAINT "participants_user_users_id_fk" FOREIGN KEY ("user") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passkeys" ADD CONSTRAINT "passkeys_user_users_id_fk" FOREIGN KEY ("user") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pushes" ADD CONSTRAINT "pushes_user_users_id_fk" FOREIGN KEY ("user") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pushes" ADD CONSTRAINT "pushes_session_sessions_id_fk" FOREIGN KEY ("session") REFERENCES "sessions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reads" ADD CONSTRAINT "reads_conversation_conversations_id_fk" FOREIGN KEY ("conversation") REFERENCES "conversations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reads" ADD CONSTRAINT "reads_user_users_id_fk" FOREIGN KEY ("user") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "removals" ADD CONSTRAINT "removals_user_users_id_fk" FOREIGN KEY ("user") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_users_id_fk" FOREIGN KEY ("user") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tags" ADD CONSTRAINT "tags_conversation_conversations_id_fk" FOREIGN KEY ("conversation") REFERENCES "conversations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "totp" ADD CONSTRAINT "totp_id_users_id_fk" FOREIGN KEY ("id") REFERENCES "users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "turns" ADD CONSTRAINT "turns_conversation_conversations_id_fk" FOREIGN KEY ("conversation") REFERENCES "conversations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_id_receivers_id_fk" FOREIGN KEY ("id") REFERENCES "receivers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_uuid" ON "api_keys" USING btree ("uuid");--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_hash" ON "api_keys" USING btree ("hash");--> statement-breakpoint
CREATE UNIQUE INDEX "attachments_uuid" ON "attachments" USING btree ("uuid");--> statement-breakpoint
CREATE INDEX "attachments_message" ON "attachments" USING btree ("message") WHERE "message" is not null;--> statement-breakpoint
CREATE INDEX "attachments_file" ON "attachments" USING btree ("file");--> statement-breakpoint
CREATE INDEX "attachments_waiting" ON "attachments" USING btree ("uploader") WHERE "message" is null;--> statement-breakpoint
CREATE INDEX "attachments_orphaned" ON "attachments" USING btree ("created_at") WHERE "message" is null;--> statement-breakpoint
CREATE INDEX "audit_user" ON "audit" USING btree ("user","id");--> statement-breakpoint
CREATE INDEX "audit_action" ON "audit" USING btree ("action","id");--> statement-breakpoint
CREATE INDEX "authors_user" ON "authors" USING btree ("user");--> statement-breakpoint
CREATE INDEX "authors_avatar" ON "authors" USING btree ("avatar") WHERE "avatar" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "canned_replies_uuid" ON "canned_replies" USING btree ("uuid");--> statement-breakpoint
CREATE UNIQUE INDEX "canned_replies_shortcut" ON "canned_replies" USING btree ("shortcut");--> statement-breakpoint
CREATE UNIQUE INDEX "conversations_uuid" ON "conversations" USING btree ("uuid");--> statement-breakpoint
CREATE UNIQUE INDEX "conversations_open_key" ON "conversations" USING btree ("open_key") WHERE "open_key" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "conversations_parent" ON "conversations" USING btree ("parent") WHERE "parent" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "conversations_external" ON "conversations" USING btree ("external_id") WHERE "external_id" is not null;--> statement-breakpoint
CREATE INDEX "conversations_customer" ON "conversations" USING btree ("customer","activity","id") WHERE "kind" = 'support';--> statement-breakpoint
CREATE INDEX "conversations_support" ON "conversations" USING btree ("activity","id") WHERE "kind" = 'support';--> statement-breakpoint
CREATE INDEX "conversations_status" ON "conversations" USING btree ("status","activity","id") WHERE "kind" = 'support';--> statement-breakpoint
CREATE INDEX "conversations_assignee" ON "conversations" USING btree ("assignee","status","activity","id") WHERE "kind" = 'support';--> statement-breakpoint
CREATE INDEX "conversations_begun" ON "conversations" USING btree ("created_at") WHERE "kind" = 'support';--> statement-breakpoint
CREATE INDEX "conversations_closed" ON "conversations" USING btree ("closed_at") WHERE "closed_at" is not null;--> statement-breakpoint
CREATE INDEX "conversations_waiting" ON "conversations" USING btree ("waiting","id") WHERE "waiting" is not null;--> statement-breakpoint
CREATE INDEX "conversations_changed" ON "conversations" USING btree ("position") WHERE "kind" in ('support', 'side');--> statement-breakpoint
CREATE INDEX "conversations_snoozed" ON "conversations" USING btree ("snoozed_until") WHERE "snoozed_until" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_uuid" ON "deliveries" USING btree ("webhook","uuid");--> statement-breakpoint
CREATE INDEX "deliveries_state" ON "deliveries" USING btree ("webhook","state","event");--> statement-breakpoint
CREATE UNIQUE INDEX "files_hash" ON "files" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "files_avatar" ON "files" USING btree ("id") WHERE "avatar" is not null;--> statement-breakpoint
CREATE INDEX "identities_user" ON "identities" USING btree ("user");--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_uuid" ON "jobs" USING btree ("uuid");--> statement-breakpoint
CREATE UNIQUE INDEX "links_hash" ON "links" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "links_expiry" ON "links" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "links_user" ON "links" USING btree ("user") WHERE "user" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "messages_seq" ON "messages" USING btree ("conversation","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "messages_uuid" ON "messages" USING btree ("uuid","conversation");--> statement-breakpoint
CREATE INDEX "messages_changed" ON "messages" USING btree ("conversation","rev") WHERE "changed";--> statement-breakpoint
CREATE INDEX "messages_uncounted" ON "messages" USING btree ("conversation","seq") WHERE "deleted_at" is not null or "kind" = 'system';--> statement-breakpoint
CREATE INDEX "messages_streaming" ON "messages" USING btree ("id") WHERE "state" = 'streaming';--> statement-breakpoint
CREATE INDEX "messages_after" ON "messages" USING btree ("conversation","after_seq","seq") WHERE "after_seq" is not null;--> statement-breakpoint
CREATE INDEX "notices_due" ON "notices" USING btree ("due_at");--> statement-breakpoint
CREATE UNIQUE INDEX "notices_about" ON "notices" USING btree ("conversation","kind","user");--> statement-breakpoint
CREATE INDEX "notices_user" ON "notices" USING btree ("user");--> statement-breakpoint
CREATE INDEX "participants_user" ON "participants" USING btree ("user");--> statement-breakpoint
CREATE INDEX "participants_rev" ON "participants" USING btree ("conversation","rev");--> statement-breakpoint
CREATE UNIQUE INDEX "passkeys_uuid" ON "passkeys" USING btree ("uuid");--> statement-breakpoint
CREATE UNIQUE INDEX "passkeys_credential" ON "passkeys" USING btree ("credential");--> statement-breakpoint
CREATE INDEX "passkeys_user" ON "passkeys" USING btree ("user","id");--> statement-breakpoint
CREATE UNIQUE INDEX "pushes_endpoint" ON "pushes" USING btree ("endpoint");--> statement-breakpoint
CREATE INDEX "pushes_user" ON "pushes" USING btree ("user","id");--> statement-breakpoint
CREATE INDEX "pushes_session" ON "pushes" USING btree ("session") WHERE "session" is not null;--> statement-breakpoint
CREATE INDEX "removals_user" ON "removals" USING btree ("user","position");--> statement-breakpoint
CREATE INDEX "removals_position" ON "removals" USING btree ("position");--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_uuid" ON "sessions" USING btree ("uuid");--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_hash" ON "sessions" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "sessions_previous" ON "sessions" USING btree ("previous_hash") WHERE "previous_hash" is not null;--> statement-breakpoint
CREATE INDEX "sessions_expiry" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user","id");--> statement-breakpoint
CREATE INDEX "tags_tag" ON "tags" USING btree ("tag");--> statement-breakpoint
CREATE UNIQUE INDEX "turns_uuid" ON "turns" USING btree ("uuid");--> statement-breakpoint
CREATE INDEX "turns_up_to" ON "turns" USING btree ("conversation","up_to");--> statement-breakpoint
CREATE INDEX "turns_open" ON "turns" USING btree ("conversation","id") WHERE "state" in ('waiting', 'asked', 'deferred');--> statement-breakpoint
CREATE UNIQUE INDEX "users_uuid" ON "users" USING btree ("uuid");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email" ON "users" USING btree ("email") WHERE "password" is not null or "role" <> 'user';--> statement-breakpoint
CREATE INDEX "users_team" ON "users" USING btree ("role","id") WHERE "role" <> 'user';--> statement-breakpoint
CREATE INDEX "users_avatar" ON "users" USING btree ("avatar") WHERE "avatar" is not null;--> statement-breakpoint
CREATE INDEX "users_visitors" ON "users" USING btree ("created_at") WHERE "anonymous" and "merged_into" is null and "erased_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "webhooks_uuid" ON "webhooks" USING btree ("uuid");