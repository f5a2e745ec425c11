import { Module } from '@nestjs/common';
import { Database } from '@plimsoll/persistence';
import { AnswersService, QuestionsService } from '@plimsoll/scanning';
import { AnswersController } from './answers.controller.ts';
import { QuestionsController } from './questions.controller.ts';

@Module({
  controllers: [QuestionsController, AnswersController],
  providers: [
    {
      provide: QuestionsService,
      inject: [Database],
      useFactory: (database: Database) => new QuestionsService({ database }),
    },
    {
      provide: AnswersService,
      inject: [Database],
      useFactory: (database: Database) => new AnswersService({ database }),
    },
  ],
})
export class QuestionsModule {}
