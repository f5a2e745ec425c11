import { describe, expect, test } from 'vitest';
import { judgeEnvironment } from './environment.ts';
import { judgeValue } from './judge-value.ts';

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';

describe('a secret is told by its name', () => {
  test.for([
    ['POSTGRES_PASSWORD', 'hunter2', 'name:password'],
    ['PGPASSWORD', 'hunter2', 'name:password'],
    ['MYSQL_PWD', 'hunter2', 'name:pwd'],
    ['REDISPASS', 'hunter2', 'name:pass'],
    ['dbPassword', 'hunter2', 'name:password'],
    ['db.password', 'hunter2', 'name:password'],
    ['SSH_PASSPHRASE', 'correct horse', 'name:passphrase'],
    ['JWT_SECRET', 'abc', 'name:secret'],
    ['DJANGO_SECRET_KEY', 'abc', 'name:secret'],
    ['AWS_SECRET_ACCESS_KEY', 'abc', 'name:secret'],
    ['STRIPE_API_KEY', 'abc', 'name:api-key'],
    ['apikey', 'abc', 'name:apikey'],
    ['GITHUB_TOKEN', 'abc', 'name:token'],
    ['accessToken', 'abc', 'name:token'],
    ['VAULT_TOKEN', 'abc', 'name:token'],
    ['RABBITMQ_DEFAULT_PASS', 'guest', 'name:pass'],
    ['LDAP_BIND_CREDENTIALS', 'abc', 'name:credential'],
    ['APP_ENCRYPTION_KEY', 'abc', 'name:encryption-key'],
    ['ROOT_PASSWORD', '123456', 'name:password'],
    ['ADMIN_PASSWORD', 'changeme', 'name:password'],
  ] as const)('%s=%s', ([name, value, detector]) => {
    expect(judgeValue(name, value)).toEqual({ kind: 'secret', detector });
  });
});

describe('a secret is told by its form, whatever its name', () => {
  test.for([
    ['AKIAIOSFODNN7EXAMPLE', 'format:aws-access-key-id'],
    [`ghp_${'a1B2'.repeat(9)}`, 'format:github-token'],
    [`github_pat_${'a1B2'.repeat(12)}`, 'format:github-token'],
    ['glpat-abcdefghij0123456789', 'format:gitlab-token'],
    ['xoxb-1234567890-abcdefghij', 'format:slack-token'],
    ['https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx', 'format:slack-webhook'],
    [`dckr_pat_${'a1B2'.repeat(7)}`, 'format:docker-token'],
    ['SWMTKN-1-3pu6hszjas19xyp7ghgosyx9k8atbfcr8p2is99znpy26u2lkl', 'format:swarm-token'],
    [`sk_live_${'a1B2'.repeat(6)}`, 'format:stripe-key'],
    [`AIza${'a'.repeat(35)}`, 'format:google-api-key'],
    [`npm_${'a1B2'.repeat(9)}`, 'format:npm-token'],
    [`SG.${'a'.repeat(22)}.${'b'.repeat(43)}`, 'format:sendgrid-key'],
    [`hvs.${'a1B2'.repeat(8)}`, 'format:vault-token'],
    [jwt, 'format:jwt'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----', 'format:private-key'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl', 'format:private-key'],
    ['postgres://app:s3cret@db:5432/app', 'format:url-password'],
    ['redis://:s3cret@cache:6379', 'format:url-password'],
    ['amqp://user:p@ss@mq', 'format:url-password'],
    ['admin:$apr1$Hx9zPq1k$wQ3nVb7eTyUiOpAsDfGhJ/', 'format:password-hash'],
    ['Authorization: Bearer abcdef123456', 'format:authorization-header'],
    ['DefaultEndpointsProtocol=https;AccountKey=abcdefghijklmnopqrstuvwxyz0123==', 'format:azure-key'],
  ] as const)('%s', ([value, detector]) => {
    expect(judgeValue('SETTING', value)).toEqual({ kind: 'secret', detector });
  });
});

describe('what only looks like a secret is none', () => {
  test.for([
    ['POSTGRES_PASSWORD', '', 'empty'],
    ['POSTGRES_PASSWORD_FILE', '/run/secrets/db', 'reference'],
    ['DB_PASSWORD', '/run/secrets/db-password', 'reference'],
    ['DB_PASSWORD', 'vault:secret/data/db#password', 'reference'],
    ['API_TOKEN', 'arn:aws:secretsmanager:eu-west-1:1:secret:x', 'reference'],
    ['DB_PASSWORD', '${DB_PASSWORD}', 'plain'],
    ['DB_PASSWORD', '$DB_PASSWORD', 'plain'],
    ['DB_PASSWORD', '$(cat /run/secrets/db)', 'reference'],
    ['com.docker.compose.config-hash', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', 'plain'],
    ['DB_PASSWORD', '<changeme>', 'plain'],
    ['DB_PASSWORD', '********', 'plain'],
    ['MYSQL_RANDOM_ROOT_PASSWORD', 'yes', 'plain'],
    ['ALLOW_EMPTY_PASSWORD', 'yes', 'plain'],
    ['TOKEN_TTL', '3600', 'plain'],
    ['PASSWORD_MIN_LENGTH', '12', 'plain'],
    ['PASSWORD_POLICY', 'strict', 'plain'],
    ['PWD', '/srv/app', 'reference'],
    ['OLDPWD', 'srv', 'plain'],
    ['TOKENIZERS_PARALLELISM', 'false', 'plain'],
    ['SSH_PUBLIC_KEY', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB', 'plain'],
    ['GPG_KEY', 'E3FF2839C048B25C084DEBE9B26995E310250568', 'plain'],
    ['NGINX_SHA256', 'b5e7d3a1c9f04e28b6a7d5c3e1f0928374655647382910abcdef0123456789ab', 'plain'],
    ['AUTH_TYPE', 'ldap', 'plain'],
    ['AUTH', 'ldap', 'plain'],
    ['SECRET_NAME', 'db-credentials', 'plain'],
    ['OAUTH_TOKEN_URL', 'https://login.example/token', 'plain'],
    ['DATABASE_URL', 'postgres://db:5432/app', 'plain'],
    ['HTTP_PROXY', 'http://xxxxx:xxxxx@proxy.example:3128', 'plain'],
    ['COMPASS_MODE', 'north', 'plain'],
    ['BYPASS', 'none', 'plain'],
    ['LOG_LEVEL', 'debug', 'plain'],
  ] as const)('%s=%s is %s', ([name, value, kind]) => {
    expect(judgeValue(name, value).kind).toBe(kind);
  });
});

test('under a doubtful name randomness decides', () => {
  expect(judgeValue('APP_KEY', 'q8Zr2LmX0vTy7WcB4nPs')).toEqual({ kind: 'secret', detector: 'entropy' });
  expect(judgeValue('APP_KEY', 'frontend')).toEqual({ kind: 'plain' });
  expect(judgeValue('CACHE_KEY', 'user-profile-by-locale')).toEqual({ kind: 'plain' });
});

test('values are dropped but for harmless names and switches', () => {
  const judged = judgeEnvironment(
    ['PATH=/bin', 'POSTGRES_PASSWORD=x', 'CITY=Bristol', 'POST=1', 'DOCKER_HOST=tcp://u:p@h', 'FLAG', 'EMPTY='],
    new Set(['PATH=/bin']),
  );
  expect(judged.map(({ name, value, fromImage }) => [name, value, fromImage])).toEqual([
    ['PATH', '/bin', true],
    ['POSTGRES_PASSWORD', undefined, false],
    ['CITY', undefined, false],
    ['POST', '1', false],
    ['DOCKER_HOST', undefined, false],
    ['FLAG', undefined, false],
    ['EMPTY', undefined, false],
  ]);
});
