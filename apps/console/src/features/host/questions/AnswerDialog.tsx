import { Button, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerQuestionMutation, listHostQuestionsQueryKey } from '../../../api/generated/@tanstack/react-query.gen.ts';
import type { AnswerOutcome, Question } from '../../../api/generated/types.gen.ts';
import { fieldErrorsOf } from '../../../api/problem.ts';
import { Dialog } from '../../../shared/Dialog.tsx';
import { ProblemAlert } from '../../../shared/QueryState.tsx';
import { useIdempotencyKey } from '../../../shared/idempotency-key.ts';
import { answerWords } from './answer-words.ts';

const outcomes = ['pass', 'fail', 'not-applicable'] as const satisfies readonly AnswerOutcome[];
const defaultDays = 180;
const dayMs = 86_400_000;

/** `2027-05-23`, as a date field wants it. */
const dayIn = (days: number): string => new Date(Date.now() + days * dayMs).toISOString().slice(0, 10);

/** A person vouches: what, why, and until when. */
export const AnswerDialog = ({
  hostId,
  question,
  onClose,
}: {
  hostId: string;
  question: Question;
  onClose: () => void;
}) => {
  const queryClient = useQueryClient();
  const idempotency = useIdempotencyKey();
  const form = useForm<{ outcome: AnswerOutcome; reason: string; validUntil: string }>({
    initialValues: { outcome: 'pass', reason: '', validUntil: dayIn(defaultDays) },
  });
  const answer = useMutation({
    ...answerQuestionMutation(),
    onSuccess: async () => {
      await queryClient.invalidateQueries({
        queryKey: [{ _id: listHostQuestionsQueryKey({ path: { hostId } })[0]._id }],
      });
      onClose();
    },
    onError: (error) => {
      form.setErrors(fieldErrorsOf(error));
      idempotency.renew();
    },
  });
  return (
    <Dialog onClose={onClose} title="Answer" size="lg">
      <form
        onSubmit={form.onSubmit(({ outcome, reason, validUntil }) =>
          answer.mutate({
            path: { hostId, checkId: question.check },
            body: { outcome, reason, validUntil: `${validUntil}T23:59:59.000Z` },
            headers: idempotency.headers,
          }),
        )}
      >
        <Stack>
          {answer.isError && <ProblemAlert error={answer.error} />}
          <Text fw={600}>{question.question}</Text>
          <Radio.Group label="Answer" {...form.getInputProps('outcome')}>
            <Group mt="xs">
              {outcomes.map((outcome) => (
                <Radio key={outcome} value={outcome} label={answerWords[outcome].label} />
              ))}
            </Group>
          </Radio.Group>
          <TextInput
            label="Why"
            description="What was looked at, and what it showed: for whoever audits this."
            required
            maxLength={1000}
            data-autofocus
            {...form.getInputProps('reason')}
          />
          <TextInput
            type="date"
            label="Holds until"
            description="From then on the question is open again; 400 days at most."
            required
            min={dayIn(1)}
            max={dayIn(399)}
            {...form.getInputProps('validUntil')}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={answer.isPending}>
              Answer
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
};
