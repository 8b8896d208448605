export const connect = {
  'connect.pageTitle': 'Conectar un asistente',
  'connect.title': '¿Dejar que {client} actúe por usted?',
  'connect.who':
    'Actuaría como {person} ({role}) en {carrier}, sin más derechos que los que usted tiene.',
  'connect.other': '¿No es usted? Entre con otra cuenta',
  'connect.verified': 'Verificado: {id} publica este nombre y adónde van sus respuestas.',
  'connect.unverified': 'Sin verificar',
  'connect.unverifiedText':
    'Dice que es «{client}», y cualquier programa puede decirlo. Siga solo si usted mismo acaba de empezar esto.',
  'connect.goesTo': 'Su respuesta va a',
  'connect.thisComputer': 'un programa en esta computadora',
  'connect.until': 'Responda antes de',
  'connect.may': 'Qué podrá hacer',
  'connect.mayHint': 'Desmarque lo que no deba recibir.',
  'connect.reads': 'Solo lee',
  'connect.writes': 'Cambia registros',
  'connect.keeps': 'Sigue conectado',
  'connect.tools': '{count, plural, one {# herramienta} other {# herramientas}}',
  'connect.noTools': 'Por ahora ninguna herramienta lo necesita.',
  'connect.notAvailable': 'No disponible para usted',
  'connect.notAvailableText':
    'También lo pide, pero su función ({role}) no lo incluye. No hay que hacer nada: lo demás funciona igual.',
  'connect.nothing': 'Su función no incluye nada de lo que pide, así que no hay nada que permitir.',
  'connect.chooseOne': 'Marque al menos una cosa que podrá hacer, o elija «No permitir».',
  'connect.allow': 'Permitir',
  'connect.deny': 'No permitir',
  'connect.later':
    'Puede terminarlo cuando quiera en Asistentes. Cada llamada queda en la bitácora a su nombre.',
  'connect.allowed': '{client} puede actuar por usted',
  'connect.denied': '{client} no puede actuar por usted',
  'connect.goesBack':
    'Lo llevamos de vuelta. Si no pasa nada, use el botón; después puede cerrar esta página.',
  'connect.goBack': 'Volver a {client}',
  'connect.badAddress': 'El asistente dio una dirección que no es seguro abrir',
  'connect.badAddressText': 'No la abrimos. Cierre esta página; no se envió nada.',
  'connect.over': 'Esta solicitud ya terminó',
  'connect.overText':
    'Ya se respondió, o esperó demasiado. Vaya a su asistente y elija allí «Conectar» de nuevo. No se compartió nada.',
  'connect.none': 'Ningún asistente está pidiendo acceso',
  'connect.noneText':
    'Esta página responde a un asistente que quiere conectarse. Empiece allí: la página Asistentes explica cómo.',
  'connect.toAssistants': 'Abrir Asistentes',
};
