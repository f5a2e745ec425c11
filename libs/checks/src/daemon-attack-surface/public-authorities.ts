/**
 * Organizations whose certificates the public web trusts, as their root and issuing certificates write them.
 * @see https://wiki.mozilla.org/CA/Included_Certificates
 */
const publicOrganizations = [
  'Actalis S.p.A.',
  'Actalis S.p.A./03358520967',
  'AffirmTrust',
  'Amazon',
  'ANF Autoridad de Certificacion',
  'Asseco Data Systems S.A.',
  'Atos',
  'Baltimore',
  'BEIJING CERTIFICATE AUTHORITY',
  'Buypass AS-983163327',
  'Certainly',
  'certSIGN',
  'CERTSIGN SA',
  'China Financial Certification Authority',
  'Chunghwa Telecom Co., Ltd.',
  'COMODO CA Limited',
  'Cybertrust Japan Co., Ltd.',
  'D-Trust GmbH',
  'Deutsche Telekom Security GmbH',
  'Dhimyotis',
  'DigiCert Inc',
  'DigiCert, Inc.',
  'Disig a.s.',
  'e-commerce monitoring GmbH',
  'eMudhra Inc',
  'eMudhra Technologies Limited',
  'Entrust, Inc.',
  'Firmaprofesional SA',
  'FNMT-RCM',
  'GlobalSign',
  'GlobalSign nv-sa',
  'GoDaddy.com, Inc.',
  'Google Trust Services',
  'Google Trust Services LLC',
  'GUANG DONG CERTIFICATE AUTHORITY CO.,LTD.',
  'Hellenic Academic and Research Institutions CA',
  'Hellenic Academic and Research Institutions Cert. Authority',
  'Hongkong Post',
  'IdenTrust',
  'Internet Security Research Group',
  'iTrusChina Co.,Ltd.',
  'IZENPE S.A.',
  'Krajowa Izba Rozliczeniowa S.A.',
  "Let's Encrypt",
  'Microsec Ltd.',
  'Microsoft Corporation',
  'NAVER BUSINESS PLATFORM Corp.',
  'NetLock Kft.',
  'OISTE Foundation',
  'QuoVadis Limited',
  'SECOM Trust Systems CO.,LTD.',
  'Sectigo Limited',
  'SecureTrust Corporation',
  'SSL Corporation',
  'Starfield Technologies, Inc.',
  'SwissSign AG',
  'T-Systems Enterprise Services GmbH',
  'TAIWAN-CA',
  'Telia Finland Oyj',
  'TeliaSonera',
  'The USERTRUST Network',
  'TrustAsia Technologies, Inc.',
  'Trustwave Holdings, Inc.',
  'Turkiye Bilimsel ve Teknolojik Arastirma Kurumu - TUBITAK',
  'UniTrust',
  'Unizeto Technologies S.A.',
  'WISeKey',
  'ZeroSSL',
];

const comparable = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
const known = new Set(publicOrganizations.map(comparable));

/** Parts of a distinguished name, `O=Example\, Inc.` in either order and with either separator. */
const part = /(?:^|[,+\n/])\s*([A-Za-z.0-9]+)\s*=\s*((?:\\.|[^\\,+\n])*)/g;

/** Whether a name belongs to an authority that issues certificates to everybody. */
export const isPublicAuthority = (distinguishedName: string): boolean =>
  [...distinguishedName.slice(0, 1_000).matchAll(part)].some(
    ([, key, value]) => key?.toUpperCase() === 'O' && known.has(comparable((value ?? '').replaceAll(/\\(.)/g, '$1'))),
  );
