import type { TSchema } from 'typebox';
import { Failure, Limits, StreamWelcome, Ticket, Welcome } from './answers.ts';
import { ApiKey } from './api-key.ts';
import { AssigneeCount } from './assignee-count.ts';
import { Attachment } from './attachment.ts';
import { AuditLine } from './audit.ts';
import { Bot } from './bot.ts';
import { CannedReply } from './canned-reply.ts';
import { Changes, History, Read, Sync } from './catching-up.ts';
import { Context } from './context.ts';
import { Conversation, Team } from './conversation.ts';
import { Counts } from './counts.ts';
import { Draft } from './draft.ts';
import { Event } from './events.ts';
import { Hours } from './hours.ts';
import { HttpFailure } from './http-failure.ts';
import { SendBody, WithReply } from './http-messages.ts';
import { ParticipantBody } from './http-participants.ts';
import { SearchHit } from './http-search.ts';
import { Job } from './job.ts';
import { Message } from './message.ts';
import { Participant } from './participant.ts';
import { Me, Person, User } from './person.ts';
import { Presence } from './presence.ts';
import { Report } from './report.ts';
import { ServerState } from './server-state.ts';
import { Settings } from './settings.ts';
import { Stats } from './stats.ts';
import { System } from './system.ts';
import { TagCount } from './tag-count.ts';
import { To } from './to.ts';
import { Transcript } from './transcript.ts';
import { Delivery, Webhook } from './webhook.ts';
import { WidgetConfig } from './widget-config.ts';

/** Every schema that has a name, in the order in which the API's document shows them. */
export const entities: TSchema[] = [
  Person,
  Me,
  User,
  Conversation,
  Team,
  Context,
  Participant,
  ParticipantBody,
  Message,
  System,
  Attachment,
  Draft,
  SendBody,
  WithReply,
  Transcript,
  To,
  History,
  Sync,
  Read,
  Changes,
  SearchHit,
  Stats,
  Report,
  Presence,
  Counts,
  Event,
  Welcome,
  StreamWelcome,
  Ticket,
  Limits,
  ApiKey,
  Settings,
  Hours,
  Bot,
  Webhook,
  Delivery,
  WidgetConfig,
  AuditLine,
  Job,
  CannedReply,
  ServerState,
  TagCount,
  AssigneeCount,
  Failure,
  HttpFailure,
];

/** The same by name: what a `$ref` means. */
export const entitiesByName: Record<string, TSchema> = Object.fromEntries(
  entities.map((schema) => [(schema as { $id: string }).$id, schema]),
);
