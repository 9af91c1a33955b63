CREATE TABLE `bots` (
	`id` integer PRIMARY KEY NOT NULL,
	`engine` text NOT NULL,
	`url` text NOT NULL,
	`format` text NOT NULL,
	`model` text,
	`prompt` text,
	`temperature` real,
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
CREATE TABLE `settings` (
	`id` integer PRIMARY KEY NOT NULL,
	`value` text NOT NULL
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
CREATE INDEX `authors_avatar` ON `authors` (`avatar`) WHERE "avatar" is not null;--> statement-breakpoint
CREATE INDEX `conversations_snoozed` ON `conversations` (`snoozed_until`) WHERE "snoozed_until" is not null;--> statement-breakpoint
CREATE INDEX `users_avatar` ON `users` (`avatar`) WHERE "avatar" is not null;