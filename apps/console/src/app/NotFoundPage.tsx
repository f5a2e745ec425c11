import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { EmptyState } from '../shared/EmptyState.tsx';
import { PageHeader } from '../shared/PageHeader.tsx';

export const NotFoundPage = () => (
  <>
    <PageHeader title="There is no such page" />
    <EmptyState
      title="Nothing is here"
      action={
        <Button component={Link} to="/" variant="default">
          To the overview
        </Button>
      }
    >
      It may have been deleted, or belong to another organization of yours: switch at the top right.
    </EmptyState>
  </>
);
