import { Controller, Get, Param, Query } from '@nestjs/common';
import { CheckId, CursorInvalid, NotFound, Question, QuestionPage, QuestionQuery, Uuid } from '@plimsoll/contracts';
import type { Actor, Page } from '@plimsoll/contracts';
import { QuestionsService } from '@plimsoll/scanning';
import type { z } from 'zod';
import { CurrentActor } from '../http/current-actor.decorator.ts';
import { Endpoint } from '../http/endpoint.decorator.ts';

@Controller('v1/hosts/:hostId/questions')
export class QuestionsController {
  constructor(private readonly questions: QuestionsService) {}

  @Get()
  @Endpoint({
    operationId: 'listHostQuestions',
    summary: 'List what only a person can say about a host',
    description: 'Every question of the catalogue, in the order of the checks’ ids, with its current answer.',
    permission: 'findings:read',
    response: QuestionPage,
    problems: [CursorInvalid, NotFound],
  })
  list(
    @CurrentActor() actor: Actor,
    @Param('hostId', { schema: Uuid }) hostId: string,
    @Query({ schema: QuestionQuery }) query: z.output<typeof QuestionQuery>,
  ): Promise<Page<Question>> {
    return this.questions.list(actor, hostId, query);
  }

  @Get(':checkId')
  @Endpoint({
    operationId: 'getHostQuestion',
    summary: 'Read a question about a host',
    permission: 'findings:read',
    response: Question,
    problems: [NotFound],
  })
  get(
    @CurrentActor() actor: Actor,
    @Param('hostId', { schema: Uuid }) hostId: string,
    @Param('checkId', { schema: CheckId }) checkId: string,
  ): Promise<Question> {
    return this.questions.get(actor, hostId, checkId);
  }
}
