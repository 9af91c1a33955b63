CREATE TABLE `bots` (
	`id` integer PRIMARY KEY NOT NULL,
	`engine` text NOT NULL,
	`url` text NOT NULL,
	`format` text NOT NULL,
	`model` text,
	`prompt` text,
	`temperature` real,
	`actions` integer NOT NULL,
	`history` integer NOT NULL,
	`timeout_ms` integer NOT NULL,
	`fallback` text,
	`key` text,
	`secret` text,
	FOREIGN KEY (`id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "bots_engine" CHECK("bots"."engine" in ('webhook', 'openai')),
	CONSTRAINT "bots_format" CHECK("bots"."format" in ('parley', 'n8n'))
) STRICT;
--> statement-breakpoint
CREATE TABLE `turns` (
	`id` integer PRIMARY KEY NOT NULL,
	`uuid` text NOT NULL,
	`conversation` integer NOT NULL,
	`bot` integer NOT NULL,
	`up_to` integer NOT NULL,
	`state` text NOT NULL,
	`reply` integer,
	`until` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`conversation`) REFERENCES `conversations`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "turns_state" CHECK("turns"."state" in ('waiting', 'asked', 'deferred', 'answered', 'failed', 'handed_over'))
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `turns_uuid` ON `turns` (`uuid`);--> statement-breakpoint
CREATE INDEX `turns_up_to` ON `turns` (`conversation`,`up_to`);--> statement-breakpoint
CREATE INDEX `turns_open` ON `turns` (`conversation`,`id`) WHERE "state" in ('waiting', 'asked', 'deferred');--> statement-breakpoint
CREATE TABLE `jobs` (
	`id` integer PRIMARY KEY NOT NULL,
	`uuid` text NOT NULL,
	`kind` text NOT NULL,
	`state` text NOT NULL,
	`created_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `jobs_uuid` ON `jobs` (`uuid`);--> statement-breakpoint
CREATE TABLE `removals` (
	`id` integer PRIMARY KEY NOT NULL,
	`position` integer NOT NULL,
	`conversation` text NOT NULL,
	`user` integer,
	FOREIGN KEY (`user`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `removals_user` ON `removals` (`user`,`position`);--> statement-breakpoint
CREATE INDEX `removals_position` ON `removals` (`position`);--> statement-breakpoint
CREATE TABLE `notices` (
	`id` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`conversation` integer NOT NULL,
	`user` integer,
	`due_at` integer NOT NULL,
	`told` integer NOT NULL,
	`failures` integer NOT NULL,
	FOREIGN KEY (`user`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "notices_kind" CHECK("notices"."kind" in ('unread', 'queue'))
) STRICT;
--> statement-breakpoint
CREATE INDEX `notices_due` ON `notices` (`due_at`);--> statement-breakpoint
CREATE UNIQUE INDEX `notices_about` ON `notices` (`conversation`,`kind`,`user`);--> statement-breakpoint
CREATE INDEX `notices_user` ON `notices` (`user`);--> statement-breakpoint
CREATE TABLE `pushes` (
	`id` integer PRIMARY KEY NOT NULL,
	`user` integer NOT NULL,
	`session` integer,
	`endpoint` text NOT NULL,
	`p256dh` text NOT NULL,
	`auth` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`session`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `pushes_endpoint` ON `pushes` (`endpoint`);--> statement-breakpoint
CREATE INDEX `pushes_user` ON `pushes` (`user`,`id`);--> statement-breakpoint
CREATE INDEX `pushes_session` ON `pushes` (`session`) WHERE "session" is not null;--> statement-breakpoint
CREATE TABLE `deliveries` (
	`webhook` integer NOT NULL,
	`event` integer NOT NULL,
	`uuid` text NOT NULL,
	`position` integer NOT NULL,
	`conversation` integer,
	`rev` integer NOT NULL,
	`type` text NOT NULL,
	`subject` integer,
	`state` text NOT NULL,
	`attempts` integer NOT NULL,
	`first_at` integer NOT NULL,
	`at` integer NOT NULL,
	`next_at` integer,
	`status` integer,
	`latency_ms` integer,
	`response` text,
	PRIMARY KEY(`webhook`, `event`),
	FOREIGN KEY (`webhook`) REFERENCES `webhooks`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "deliveries_state_value" CHECK("deliveries"."state" in ('waiting', 'done', 'failed')),
	CONSTRAINT "deliveries_next" CHECK(("state" = 'waiting') = ("next_at" is not null))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_uuid` ON `deliveries` (`webhook`,`uuid`);--> statement-breakpoint
CREATE INDEX `deliveries_state` ON `deliveries` (`webhook`,`state`,`event`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` integer PRIMARY KEY NOT NULL,
	`position` integer NOT NULL,
	`conversation` integer NOT NULL,
	`rev` integer NOT NULL,
	`type` text NOT NULL,
	`subject` integer,
	CONSTRAINT "outbox_type" CHECK("outbox"."type" in ('message.created', 'message.updated', 'message.deleted', 'participant.updated', 'conversation.created', 'conversation.updated'))
) STRICT;
--> statement-breakpoint
CREATE TABLE `receivers` (
	`id` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`place` integer NOT NULL,
	`ok_at` integer,
	CONSTRAINT "receivers_kind" CHECK("receivers"."kind" in ('webhook', 'notices'))
) STRICT;
--> statement-breakpoint
CREATE TABLE `webhooks` (
	`id` integer PRIMARY KEY NOT NULL,
	`uuid` text NOT NULL,
	`url` text NOT NULL,
	`events` text NOT NULL,
	`kinds` text NOT NULL,
	`enabled` integer NOT NULL,
	`generation` integer NOT NULL,
	`rotated_at` integer,
	`failed_at` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`id`) REFERENCES `receivers`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `webhooks_uuid` ON `webhooks` (`uuid`);--> statement-breakpoint
CREATE TABLE `passkeys` (
	`id` integer PRIMARY KEY NOT NULL,
	`uuid` text NOT NULL,
	`user` integer NOT NULL,
	`credential` text NOT NULL,
	`public_key` text NOT NULL,
	`counter` integer NOT NULL,
	`transports` text NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	`used_at` integer,
	FOREIGN KEY (`user`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `passkeys_uuid` ON `passkeys` (`uuid`);--> statement-breakpoint
CREATE UNIQUE INDEX `passkeys_credential` ON `passkeys` (`credential`);--> statement-breakpoint
CREATE INDEX `passkeys_user` ON `passkeys` (`user`,`id`);--> statement-breakpoint
CREATE TABLE `audit` (
	`id` integer PRIMARY KEY NOT NULL,
	`uuid` text NOT NULL,
	`at` integer NOT NULL,
	`user` integer,
	`by` integer,
	`action` text NOT NULL,
	`target_type` text,
	`target_uuid` text,
	`details` text NOT NULL,
	`address` text,
	FOREIGN KEY (`user`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`by`) REFERENCES `authors`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
CREATE INDEX `audit_user` ON `audit` (`user`,`id`);--> statement-breakpoint
CREATE INDEX `audit_action` ON `audit` (`action`,`id`);--> statement-breakpoint
CREATE TABLE `canned_replies` (
	`id` integer PRIMARY KEY NOT NULL,
	`uuid` text NOT NULL,
	`shortcut` text NOT NULL,
	`text` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `canned_replies_uuid` ON `canned_replies` (`uuid`);--> statement-breakpoint
CREATE UNIQUE INDEX `canned_replies_shortcut` ON `canned_replies` (`shortcut`);--> statement-breakpoint
CREATE TABLE `settings` (
	`id` integer PRIMARY KEY NOT NULL,
	`value` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `totp` (
	`id` integer PRIMARY KEY NOT NULL,
	`secret` text NOT NULL,
	`created_at` integer NOT NULL,
	`confirmed_at` integer,
	`step` integer NOT NULL,
	`recovery` text NOT NULL,
	FOREIGN KEY (`id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
) STRICT;
--> statement-breakpoint
DROP INDEX `attachments_message`;--> statement-breakpoint
CREATE INDEX `attachments_orphaned` ON `attachments` (`created_at`) WHERE "message" is null;--> statement-breakpoint
CREATE INDEX `attachments_message` ON `attachments` (`message`) WHERE "message" is not null;--> statement-breakpoint
DROP INDEX `messages_uuid`;--> statement-breakpoint
CREATE UNIQUE INDEX `messages_uuid` ON `messages` (`uuid`,`conversation`);--> statement-breakpoint
ALTER TABLE `files` ADD `records` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `files` ADD `avatar` text;--> statement-breakpoint
CREATE INDEX `files_avatar` ON `files` (`id`) WHERE "avatar" is not null;--> statement-breakpoint
ALTER TABLE `meta` ADD `file_bytes` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `meta` ADD `search_mark` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `meta` ADD `search_version` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `notifications` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
CREATE INDEX `users_avatar` ON `users` (`avatar`) WHERE "avatar" is not null;--> statement-breakpoint
CREATE INDEX `users_visitors` ON `users` (`created_at`) WHERE "anonymous" = 1 and "merged_into" is null and "erased_at" is null;--> statement-breakpoint
CREATE INDEX `authors_avatar` ON `authors` (`avatar`) WHERE "avatar" is not null;--> statement-breakpoint
CREATE INDEX `conversations_begun` ON `conversations` (`created_at`) WHERE "kind" = 'support';--> statement-breakpoint
CREATE INDEX `conversations_closed` ON `conversations` (`closed_at`) WHERE "closed_at" is not null;--> statement-breakpoint
CREATE INDEX `conversations_snoozed` ON `conversations` (`snoozed_until`) WHERE "snoozed_until" is not null;--> statement-breakpoint
CREATE INDEX `links_expiry` ON `links` (`expires_at`);--> statement-breakpoint
CREATE INDEX `links_user` ON `links` (`user`) WHERE "user" is not null;--> statement-breakpoint
CREATE INDEX `sessions_expiry` ON `sessions` (`expires_at`);