import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import {
  Answer,
  AnswerPage,
  AnswerQuery,
  AnswerQuestion,
  CheckId,
  CursorInvalid,
  NotFound,
  StateConflict,
  Uuid,
} from '@plimsoll/contracts';
import type { Actor, Page } from '@plimsoll/contracts';
import { AnswersService } from '@plimsoll/scanning';
import type { z } from 'zod';
import { CurrentActor } from '../http/current-actor.decorator.ts';
import { Endpoint } from '../http/endpoint.decorator.ts';

@Controller('v1/hosts/:hostId/questions/:checkId/answers')
export class AnswersController {
  constructor(private readonly answers: AnswersService) {}

  @Get()
  @Endpoint({
    operationId: 'listAnswers',
    summary: 'List every answer to a question about a host',
    description: 'The newest first: the current one, and all that were replaced, withdrawn or have expired.',
    permission: 'findings:read',
    response: AnswerPage,
    problems: [CursorInvalid, NotFound],
  })
  list(
    @CurrentActor() actor: Actor,
    @Param('hostId', { schema: Uuid }) hostId: string,
    @Param('checkId', { schema: CheckId }) checkId: string,
    @Query({ schema: AnswerQuery }) query: z.output<typeof AnswerQuery>,
  ): Promise<Page<Answer>> {
    return this.answers.history(actor, hostId, checkId, query);
  }

  @Post()
  @Endpoint({
    operationId: 'answerQuestion',
    summary: 'Answer a question about a host',
    description:
      'Counts until `validUntil` where the check could not tell, and nowhere else; the host is judged again soon. An earlier answer is replaced and kept. Not for API keys: a person vouches.',
    permission: 'findings:attest',
    response: Answer,
    idempotent: true,
    problems: [NotFound],
  })
  answer(
    @CurrentActor() actor: Actor,
    @Param('hostId', { schema: Uuid }) hostId: string,
    @Param('checkId', { schema: CheckId }) checkId: string,
    @Body({ schema: AnswerQuestion }) body: z.output<typeof AnswerQuestion>,
  ): Promise<Answer> {
    return this.answers.answer(actor, hostId, checkId, body);
  }

  @Delete(':answerId')
  @Endpoint({
    operationId: 'withdrawAnswer',
    summary: 'Withdraw an answer',
    description:
      'The current one only. It is kept, and what it decided is unknown again; a finding that it opened stays open until something can tell otherwise. Not for API keys.',
    permission: 'findings:attest',
    problems: [NotFound, StateConflict],
  })
  withdraw(
    @CurrentActor() actor: Actor,
    @Param('hostId', { schema: Uuid }) hostId: string,
    @Param('checkId', { schema: CheckId }) checkId: string,
    @Param('answerId', { schema: Uuid }) answerId: string,
  ): Promise<void> {
    return this.answers.withdraw(actor, hostId, checkId, answerId);
  }
}
