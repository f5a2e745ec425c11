import { Anchor, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { listHostQuestionsQueryKey, withdrawAnswerMutation } from '../../../api/generated/@tanstack/react-query.gen.ts';
import type { Answer, Question } from '../../../api/generated/types.gen.ts';
import { usePermission } from '../../../session/use-session.ts';
import { ConfirmDialog } from '../../../shared/ConfirmDialog.tsx';
import { SeverityBadge } from '../../../shared/SeverityBadge.tsx';
import { StateBadge } from '../../../shared/StateBadge.tsx';
import { TimeAgo } from '../../../shared/TimeAgo.tsx';
import { notifyProblem } from '../../../shared/notify.ts';
import { AnswerDialog } from './AnswerDialog.tsx';
import { AnswerHistory } from './AnswerHistory.tsx';
import { answerWords } from './answer-words.ts';

export const QuestionCard = ({ hostId, question }: { hostId: string; question: Question }) => {
  const may = usePermission('findings:attest');
  const [answering, answerDialog] = useDisclosure(false);
  const [withdrawing, withdrawDialog] = useDisclosure(false);
  const [history, historyShown] = useDisclosure(false);
  const queryClient = useQueryClient();
  const { answer, check } = question;
  const withdraw = useMutation({
    ...withdrawAnswerMutation(),
    onSuccess: async () => {
      await queryClient.invalidateQueries({
        queryKey: [{ _id: listHostQuestionsQueryKey({ path: { hostId } })[0]._id }],
      });
      withdrawDialog.close();
    },
    onError: notifyProblem,
  });
  return (
    <Card withBorder component="section" aria-labelledby={`question-${check}`}>
      <Stack gap="xs">
        <Group gap="xs">
          <SeverityBadge severity={question.severity} />
          <QuestionStateBadge question={question} />
        </Group>
        <Title order={2} size="h5" id={`question-${check}`}>
          {question.question}
        </Title>
        <Text size="sm" c="dimmed">
          {cisOf(question)}
          <Anchor component={Link} to={`/checks?check=${check}`} size="sm" underline="always">
            {question.title}
          </Anchor>
        </Text>
        {answer !== null && <Given answer={answer} />}
        <Group gap="xs">
          {may && (
            <Button
              size="xs"
              variant={question.state === 'answered' ? 'default' : 'filled'}
              onClick={answerDialog.open}
            >
              {answer === null ? 'Answer' : 'Answer anew'}
            </Button>
          )}
          {may && answer?.state === 'valid' && (
            <Button size="xs" variant="default" onClick={withdrawDialog.open}>
              Withdraw
            </Button>
          )}
          <Button size="xs" variant="subtle" aria-expanded={history} onClick={historyShown.toggle}>
            {history ? 'Hide earlier answers' : 'Earlier answers'}
          </Button>
        </Group>
        {history && <AnswerHistory hostId={hostId} checkId={check} />}
      </Stack>
      {answering && <AnswerDialog hostId={hostId} question={question} onClose={answerDialog.close} />}
      <ConfirmDialog
        opened={withdrawing}
        title="Withdraw this answer?"
        confirm="Withdraw"
        loading={withdraw.isPending}
        onClose={withdrawDialog.close}
        onConfirm={() => answer !== null && withdraw.mutate({ path: { hostId, checkId: check, answerId: answer.id } })}
      >
        What it decided is open again from now on. The answer itself stays in the history.
      </ConfirmDialog>
    </Card>
  );
};

const cisOf = ({ cis }: Question): string => (cis['1.6.0'] === undefined ? '' : `CIS ${cis['1.6.0']} · `);

const QuestionStateBadge = ({ question: { state, answer } }: { question: Question }) => {
  if (state === 'open') return <StateBadge tone="warning">waits for an answer</StateBadge>;
  if (state === 'expired') return <StateBadge tone="warning">answer expired</StateBadge>;
  return answer === null ? null : (
    <StateBadge tone={answerWords[answer.outcome].tone}>{answerWords[answer.outcome].label}</StateBadge>
  );
};

const Given = ({ answer }: { answer: Answer }) => (
  <Stack gap={2}>
    <Text size="sm">{answer.reason}</Text>
    <Text size="xs" c="dimmed">
      {answerWords[answer.outcome].label}, said {answer.author.name} <TimeAgo time={answer.answeredAt} size="xs" />;{' '}
      {answer.state === 'expired' ? 'ended' : 'holds until'} <TimeAgo time={answer.validUntil} size="xs" />
    </Text>
  </Stack>
);
