CREATE TABLE `api_keys` (
	`id` integer PRIMARY KEY NOT NULL,
	`uuid` text NOT NULL,
	`hash` text NOT NULL,
	`name` text NOT NULL,
	`scopes` text NOT NULL,
	`created_at` integer NOT NULL,
	`used_at` integer,
	`expires_at` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_uuid` ON `api_keys` (`uuid`);--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_hash` ON `api_keys` (`hash`);--> statement-breakpoint
CREATE TABLE `attachments` (
	`id` integer PRIMARY KEY NOT NULL,
	`uuid` text NOT NULL,
	`uploader` integer,
	`message` integer,
	`place` integer NOT NULL,
	`file` integer,
	`name` text NOT NULL,
	`type` text NOT NULL,
	`size` integer NOT NULL,
	`width` integer,
	`height` integer,
	`url` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`uploader`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`message`) REFERENCES `messages`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`file`) REFERENCES `files`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `attachments_uuid` ON `attachments` (`uuid`);--> statement-breakpoint
CREATE INDEX `attachments_message` ON `attachments` (`message`);--> statement-breakpoint
CREATE INDEX `attachments_file` ON `attachments` (`file`);--> statement-breakpoint
CREATE INDEX `attachments_waiting` ON `attachments` (`uploader`) WHERE "message" is null;--> statement-breakpoint
CREATE TABLE `authors` (
	`id` integer PRIMARY KEY NOT NULL,
	`user` integer NOT NULL,
	`role` text NOT NULL,
	`name` text,
	`title` text,
	`avatar` text,
	FOREIGN KEY (`user`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "authors_role" CHECK("authors"."role" in ('user', 'peer', 'agent', 'admin', 'bot'))
) STRICT;
--> statement-breakpoint
CREATE INDEX `authors_user` ON `authors` (`user`);--> statement-breakpoint
CREATE TABLE `conversations` (
	`id` integer PRIMARY KEY NOT NULL,
	`uuid` text NOT NULL,
	`kind` text NOT NULL,
	`parent` integer,
	`open_key` text,
	`external_id` text,
	`status` text NOT NULL,
	`subject` text,
	`max_length` integer,
	`seq` integer NOT NULL,
	`rev` integer NOT NULL,
	`reset_rev` integer NOT NULL,
	`position` integer NOT NULL,
	`activity` integer NOT NULL,
	`last_seq` integer,
	`last_user` integer,
	`last_kind` text,
	`last_text` text,
	`last_at` integer,
	`last_uncounted` integer NOT NULL,
	`participant_count` integer NOT NULL,
	`customer` integer,
	`assignee` integer,
	`queue` text,
	`team_read_seq` integer NOT NULL,
	`team_read_at` integer,
	`bot_after_read` integer NOT NULL,
	`waiting` integer,
	`first_response_at` integer,
	`rating` integer,
	`comment` text,
	`snoozed_until` integer,
	`ip` text,
	`user_agent` text,
	`context` text NOT NULL,
	`created_at` integer NOT NULL,
	`closed_at` integer,
	FOREIGN KEY (`parent`) REFERENCES `conversations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`customer`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`assignee`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "conversations_kind" CHECK("conversations"."kind" in ('support', 'direct', 'room', 'side')),
	CONSTRAINT "conversations_status_value" CHECK("conversations"."status" in ('open', 'closed')),
	CONSTRAINT "conversations_queue" CHECK("queue" is null or "queue" in ('agent', 'peer'))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `conversations_uuid` ON `conversations` (`uuid`);--> statement-breakpoint
CREATE UNIQUE INDEX `conversations_open_key` ON `conversations` (`open_key`) WHERE "open_key" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `conversations_parent` ON `conversations` (`parent`) WHERE "parent" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `conversations_external` ON `conversations` (`external_id`) WHERE "external_id" is not null;--> statement-breakpoint
CREATE INDEX `conversations_customer` ON `conversations` (`customer`,`activity`,`id`) WHERE "kind" = 'support';--> statement-breakpoint
CREATE INDEX `conversations_support` ON `conversations` (`activity`,`id`) WHERE "kind" = 'support';--> statement-breakpoint
CREATE INDEX `conversations_status` ON `conversations` (`status`,`activity`,`id`) WHERE "kind" = 'support';--> statement-breakpoint
CREATE INDEX `conversations_assignee` ON `conversations` (`assignee`,`status`,`activity`,`id`) WHERE "kind" = 'support';--> statement-breakpoint
CREATE INDEX `conversations_waiting` ON `conversations` (`waiting`,`id`) WHERE "waiting" is not null;--> statement-breakpoint
CREATE INDEX `conversations_changed` ON `conversations` (`position`) WHERE "kind" in ('support', 'side');--> statement-breakpoint
CREATE TABLE `files` (
	`id` integer PRIMARY KEY NOT NULL,
	`hash` text NOT NULL,
	`size` integer NOT NULL,
	`created_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `files_hash` ON `files` (`hash`);--> statement-breakpoint
CREATE TABLE `identities` (
	`provider` text NOT NULL,
	`subject` text NOT NULL,
	`user` integer NOT NULL,
	PRIMARY KEY(`provider`, `subject`),
	FOREIGN KEY (`user`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `identities_user` ON `identities` (`user`);--> statement-breakpoint
CREATE TABLE `links` (
	`id` integer PRIMARY KEY NOT NULL,
	`hash` text NOT NULL,
	`kind` text NOT NULL,
	`user` integer,
	`role` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer,
	FOREIGN KEY (`user`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "links_kind" CHECK("links"."kind" in ('first_admin', 'invitation', 'password', 'mail'))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `links_hash` ON `links` (`hash`);--> statement-breakpoint
CREATE TABLE `messages` (
	`id` integer PRIMARY KEY NOT NULL,
	`uuid` text NOT NULL,
	`conversation` integer NOT NULL,
	`seq` integer NOT NULL,
	`rev` integer NOT NULL,
	`kind` text NOT NULL,
	`author` integer,
	`ai` integer NOT NULL,
	`content` text,
	`state` text,
	`extra` text,
	`after_seq` integer,
	`changed` integer NOT NULL,
	`created_at` integer NOT NULL,
	`edited_at` integer,
	`deleted_at` integer,
	FOREIGN KEY (`conversation`) REFERENCES `conversations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`author`) REFERENCES `authors`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "messages_kind" CHECK("messages"."kind" in ('text', 'file', 'system'))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `messages_seq` ON `messages` (`conversation`,`seq`);--> statement-breakpoint
CREATE UNIQUE INDEX `messages_uuid` ON `messages` (`conversation`,`uuid`);--> statement-breakpoint
CREATE INDEX `messages_changed` ON `messages` (`conversation`,`rev`) WHERE "changed" = 1;--> statement-breakpoint
CREATE INDEX `messages_uncounted` ON `messages` (`conversation`,`seq`) WHERE "deleted_at" is not null or "kind" = 'system';--> statement-breakpoint
CREATE INDEX `messages_streaming` ON `messages` (`id`) WHERE "state" = 'streaming';--> statement-breakpoint
CREATE INDEX `messages_after` ON `messages` (`conversation`,`after_seq`,`seq`) WHERE "after_seq" is not null;--> statement-breakpoint
CREATE TABLE `meta` (
	`id` integer PRIMARY KEY NOT NULL,
	`epoch` text NOT NULL,
	`position` integer NOT NULL,
	`last_id` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `participants` (
	`conversation` integer NOT NULL,
	`user` integer NOT NULL,
	`title` text,
	`moderator` integer NOT NULL,
	`joined_at` integer NOT NULL,
	`left_at` integer,
	`rev` integer NOT NULL,
	`read_seq` integer NOT NULL,
	`read_at` integer,
	`delivered_seq` integer NOT NULL,
	`own_after_read` integer NOT NULL,
	`mark_position` integer NOT NULL,
	`member_position` integer NOT NULL,
	PRIMARY KEY(`conversation`, `user`),
	FOREIGN KEY (`conversation`) REFERENCES `conversations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `participants_user` ON `participants` (`user`);--> statement-breakpoint
CREATE INDEX `participants_rev` ON `participants` (`conversation`,`rev`);--> statement-breakpoint
CREATE TABLE `reads` (
	`conversation` integer NOT NULL,
	`user` integer NOT NULL,
	`seq` integer NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`conversation`, `user`, `seq`),
	FOREIGN KEY (`conversation`) REFERENCES `conversations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` integer PRIMARY KEY NOT NULL,
	`uuid` text NOT NULL,
	`user` integer NOT NULL,
	`kind` text NOT NULL,
	`hash` text NOT NULL,
	`previous_hash` text,
	`rotated_at` integer,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_day` integer NOT NULL,
	`revoked_at` integer,
	`address` text,
	`user_agent` text,
	FOREIGN KEY (`user`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "sessions_kind" CHECK("sessions"."kind" in ('visitor', 'login', 'token'))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_uuid` ON `sessions` (`uuid`);--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_hash` ON `sessions` (`hash`);--> statement-breakpoint
CREATE INDEX `sessions_previous` ON `sessions` (`previous_hash`) WHERE "previous_hash" is not null;--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user`,`id`);--> statement-breakpoint
CREATE TABLE `tags` (
	`conversation` integer NOT NULL,
	`tag` text NOT NULL,
	PRIMARY KEY(`conversation`, `tag`),
	FOREIGN KEY (`conversation`) REFERENCES `conversations`(`id`) ON UPDATE no action ON DELETE no action
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `tags_tag` ON `tags` (`tag`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` integer PRIMARY KEY NOT NULL,
	`uuid` text NOT NULL,
	`role` text NOT NULL,
	`anonymous` integer NOT NULL,
	`name` text,
	`email` text,
	`title` text,
	`avatar` text,
	`password` text,
	`fields` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_seen_at` integer,
	`blocked_at` integer,
	`disabled_at` integer,
	`erased_at` integer,
	`merged_into` integer,
	CONSTRAINT "users_role" CHECK("users"."role" in ('user', 'peer', 'agent', 'admin', 'bot'))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `users_uuid` ON `users` (`uuid`);--> statement-breakpoint
CREATE UNIQUE INDEX `users_email` ON `users` (`email`) WHERE "password" is not null or "role" <> 'user';--> statement-breakpoint
CREATE INDEX `users_team` ON `users` (`role`,`id`) WHERE "role" <> 'user';