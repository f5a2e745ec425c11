import { useQuery } from '@tanstack/react-query';
import { getInstallationOptions } from '../../api/generated/@tanstack/react-query.gen.ts';

/** Whether this installation lets anybody make a tenant; undefined while that is not known. */
export const useSignUpOpen = (): boolean | undefined =>
  useQuery({ ...getInstallationOptions(), staleTime: Infinity }).data?.signUp;
