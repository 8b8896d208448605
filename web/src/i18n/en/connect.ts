export const connect = {
  'connect.pageTitle': 'Connect an assistant',
  'connect.title': 'Let {client} act for you?',
  'connect.who':
    'It would act as {person} ({role}) at {carrier}, with no more rights than you have.',
  'connect.other': 'Not you? Sign in as somebody else',
  'connect.verified': 'Verified: {id} publishes this name and where its answers go.',
  'connect.unverified': 'Not verified',
  'connect.unverifiedText':
    'It says it is “{client}”, and any program can say that. Go on only if you have just started this yourself.',
  'connect.goesTo': 'Your answer goes to',
  'connect.thisComputer': 'a program on this computer',
  'connect.until': 'Answer by',
  'connect.may': 'What it may do',
  'connect.mayHint': 'Untick what it should not get.',
  'connect.reads': 'Only reads',
  'connect.writes': 'Changes records',
  'connect.keeps': 'Stays connected',
  'connect.tools': '{count, plural, one {# tool} other {# tools}}',
  'connect.noTools': 'No tool needs this at the moment.',
  'connect.notAvailable': 'Not available to you',
  'connect.notAvailableText':
    'It asks for this too, but your role ({role}) does not include it. Nothing to do: the rest works without.',
  'connect.nothing':
    'Your role includes nothing of what it asks for, so there is nothing to allow.',
  'connect.chooseOne': 'Tick at least one thing it may do, or choose “Don’t allow”.',
  'connect.allow': 'Allow',
  'connect.deny': 'Don’t allow',
  'connect.later':
    'You can end this at any time under Assistants. Every call is written to the audit log in your name.',
  'connect.allowed': '{client} may act for you',
  'connect.denied': '{client} may not act for you',
  'connect.goesBack':
    'You are being taken back to it. If nothing happens, use the button; then you may close this page.',
  'connect.goBack': 'Go back to {client}',
  'connect.badAddress': 'The assistant gave an address that is not safe to open',
  'connect.badAddressText': 'We did not open it. Close this page; nothing was sent.',
  'connect.over': 'This request is over',
  'connect.overText':
    'It was answered already, or it waited too long. Go to your assistant and choose “Connect” there again. Nothing was shared.',
  'connect.none': 'No assistant is asking',
  'connect.noneText':
    'This page answers an assistant that wants to connect. Start there: the Assistants page shows how.',
  'connect.toAssistants': 'Open Assistants',
} as const;
