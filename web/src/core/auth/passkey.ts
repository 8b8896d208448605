/** Passkeys in the browser: WebAuthn with our wire form, bytes as base64url. Loaded only where one is wanted. */
import {
  beginPasskey,
  beginPasskeyConfirmation,
  beginPasskeySignIn,
  addPasskey,
  confirmWithPasskey,
  signInWithPasskey,
  type PasskeyAssertion,
  type PasskeyDescriptor,
  type PasskeyRequest,
} from '@/api';
import { acceptToken } from './session';

/** Browsers without it, and pages at an address of digits, have no passkeys. */
export const hasPasskeys = (): boolean =>
  'PublicKeyCredential' in window && !/^[\d.]+$|:/.test(location.hostname);

/** Whether the browser offers passkeys in the list below the e-mail field. */
export async function canOffer(): Promise<boolean> {
  if (!hasPasskeys()) return false;
  // Older browsers have the class without this.
  const kind = PublicKeyCredential as { isConditionalMediationAvailable?: () => Promise<boolean> };
  return (await kind.isConditionalMediationAvailable?.()) === true;
}

/** The person closed the browser's dialog, or the offer was taken back: nothing to tell. */
export const isDismissal = (error: unknown): boolean =>
  error instanceof DOMException && ['NotAllowedError', 'AbortError'].includes(error.name);

/** The device has a passkey for this account already. */
export const isPresent = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'InvalidStateError';

function decode(value: string): Uint8Array<ArrayBuffer> {
  const text = atob(value.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function encode(value: ArrayBuffer): string {
  const text = Array.from(new Uint8Array(value), (byte) => String.fromCharCode(byte)).join('');
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

const described = (all: PasskeyDescriptor[]): PublicKeyCredentialDescriptor[] =>
  all.map(({ id, transports }) => ({
    type: 'public-key',
    id: decode(id),
    transports: transports as AuthenticatorTransport[],
  }));

const TRANSPORTS = ['usb', 'nfc', 'ble', 'smart-card', 'hybrid', 'internal', 'cable'] as const;

/** Makes a passkey on this device and adds it to the account. */
export async function makePasskey(name: string): Promise<void> {
  const { data: wanted } = await beginPasskey({ throwOnError: true });
  const made = (await navigator.credentials.create({
    publicKey: {
      challenge: decode(wanted.challenge),
      rp: { id: wanted.rp_id, name: wanted.rp_name },
      user: {
        id: decode(wanted.user_id),
        name: wanted.user_name,
        displayName: wanted.user_display_name,
      },
      pubKeyCredParams: wanted.algorithms.map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: described(wanted.exclude),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      attestation: 'none',
      timeout: wanted.timeout_ms,
    },
  })) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  const spoken = response.getTransports();
  await addPasskey({
    body: {
      name,
      credential_id: encode(made.rawId),
      client_data_json: encode(response.clientDataJSON),
      attestation_object: encode(response.attestationObject),
      transports: TRANSPORTS.filter((one) => spoken.includes(one)),
    },
    throwOnError: true,
  });
}

async function answer(
  wanted: PasskeyRequest,
  more: { signal?: AbortSignal; mediation?: CredentialMediationRequirement } = {},
): Promise<PasskeyAssertion> {
  const given = (await navigator.credentials.get({
    ...more,
    publicKey: {
      challenge: decode(wanted.challenge),
      rpId: wanted.rp_id,
      allowCredentials: described(wanted.allow),
      userVerification: 'required',
      timeout: wanted.timeout_ms,
    },
  })) as PublicKeyCredential;
  const response = given.response as AuthenticatorAssertionResponse;
  return {
    credential_id: encode(given.rawId),
    client_data_json: encode(response.clientDataJSON),
    authenticator_data: encode(response.authenticatorData),
    signature: encode(response.signature),
    user_handle: response.userHandle && encode(response.userHandle),
  };
}

/** Signs in with the passkey that the person picks in the browser's dialog. */
export async function enterWithPasskey(): Promise<void> {
  const { data: wanted } = await beginPasskeySignIn({ throwOnError: true });
  const { data } = await signInWithPasskey({ body: await answer(wanted), throwOnError: true });
  acceptToken(data);
}

// A challenge lasts five minutes: the offer is renewed before that.
const RENEW_MS = 4 * 60_000;

/** Offers passkeys below the e-mail field until one is picked (true) or `signal` takes the offer back (false). */
export async function offerPasskeys(signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const { data: wanted } = await beginPasskeySignIn({ throwOnError: true });
    const round = AbortSignal.any([signal, AbortSignal.timeout(RENEW_MS)]);
    let body: PasskeyAssertion;
    try {
      body = await answer(wanted, { signal: round, mediation: 'conditional' });
    } catch (error) {
      if (round.aborted) continue;
      throw error;
    }
    const { data } = await signInWithPasskey({ body, throwOnError: true });
    acceptToken(data);
    return true;
  }
  return false;
}

/** Shows with one of the person's passkeys that it is them. */
export async function proveWithPasskey(): Promise<void> {
  const { data: wanted } = await beginPasskeyConfirmation({ throwOnError: true });
  await confirmWithPasskey({ body: await answer(wanted), throwOnError: true });
}
