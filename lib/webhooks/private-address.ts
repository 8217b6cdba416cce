import { BlockList, isIP } from 'node:net';

const v4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

function networks(list: string[]): BlockList {
  const found = new BlockList();
  for (const network of list) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    found.addSubnet(address, Number(prefix ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  return found;
}

const notGlobal = networks(v4);
/** What is routed on the Internet, and in it what holds an address of version 4, documents, or is no host of its own. */
const globalUnicast = networks(['2000::/3']);
const notAHost = networks(['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

/**
 * Whether an address belongs to no host on the Internet: this machine, its network, a cloud's metadata, and whatever else
 * the registries of special addresses list (RFC 6890 and IANA's). `allowed`: networks that are meant nevertheless.
 */
export function isPrivateAddress(address: string, allowed: string[] = []): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  if (networks(allowed).check(address, kind)) return false;
  // An address of version 4 in the clothes of version 6 (::ffff:10.0.0.1) is checked as what it is.
  if (family === 4) return notGlobal.check(address, kind);
  return !globalUnicast.check(address, kind) || notAHost.check(address, kind);
}
