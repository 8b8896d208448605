export const assistants = {
  'assistants.title': 'Asistentes',
  'assistants.lead':
    'Asistentes de IA que actúan por usted, con sus derechos y ni uno más. Cada llamada queda en la bitácora.',
  'assistants.tab.mine': 'Conectar',
  'assistants.tab.tools': 'Herramientas',
  'assistants.tab.servers': 'Servidores',
  'assistants.tab.calls': 'Llamadas recientes',
  'assistants.waiting':
    '{count, plural, one {# herramienta espera su decisión} other {# herramientas esperan su decisión}}',
  'assistants.waitingText': 'Hasta entonces los asistentes no pueden verlas ni usarlas.',
  'assistants.waitingLook': 'Revisarlas',

  'assistants.scope.drivers:read': 'leer choferes y sus expedientes',
  'assistants.scope.compliance:read': 'leer quién puede manejar y qué vence',
  'assistants.scope.evidence:write': 'registrar pruebas',
  'assistants.scope.roster:read': 'leer importaciones',
  'assistants.scope.audit:read': 'leer la bitácora',
  'assistants.scope.github': 'usar GitHub con su token',
  'assistants.scope.offline_access': 'seguir conectado',

  'assistants.connected.title': 'Asistentes conectados',
  'assistants.connected.whose': 'De quién',
  'assistants.connected.mine': 'Míos',
  'assistants.connected.everybody': 'De todos',
  'assistants.connected.may': 'Puede {what}',
  'assistants.connected.since': 'conectado {at}',
  'assistants.connected.used': 'usado por última vez {at}',
  'assistants.connected.neverUsed': 'sin usar todavía',
  'assistants.connected.none': 'No hay ningún asistente conectado',
  'assistants.connected.noneText':
    'Dele al suyo la dirección de abajo. Se abrirá aquí una página que le pregunta qué podrá hacer.',
  'assistants.connected.noneAllText':
    'En cuanto alguien de su empresa conecte un asistente, aparecerá aquí.',
  'assistants.connected.end': 'Desconectar',
  'assistants.connected.endLabel': 'Desconectar {client}',
  'assistants.connected.endAsk': '¿Desconectar {client}?',
  'assistants.connected.endText':
    'Su próxima llamada se rechaza. Lo que ya leyó se queda con él; lo que registró sigue en los expedientes.',
  'assistants.connected.endOther': 'Actúa por {name}, que tendrá que conectarlo de nuevo.',
  'assistants.connected.ended': '{client} quedó desconectado.',

  'assistants.how.title': 'Conectar un asistente',
  'assistants.how.lead': 'Todo asistente que hable MCP necesita solo esta dirección.',
  'assistants.how.address': 'Dirección',
  'assistants.how.copy': 'Copiar',
  'assistants.how.copied': 'Copiado',
  'assistants.how.copyAddress': 'Copiar la dirección',
  'assistants.how.copyText': 'Copiar el texto para {client}',
  'assistants.how.clients': 'Su asistente',
  'assistants.how.file': 'Va en {file}',
  'assistants.how.terminal': 'En una terminal',
  'assistants.how.local':
    'A esta dirección solo se llega desde esta computadora o su red. {client} viene por internet y no puede usarla.',
  'assistants.how.claude-code':
    'Ejecute esto, luego escriba /mcp en Claude Code y elija dot-copilot para iniciar sesión.',
  'assistants.how.claude-desktop':
    'Abra Settings, Connectors, Add custom connector, y pegue la dirección. Si la dirección está en esta computadora, ponga esto en su archivo de configuración (necesita Node.js) y reinicie Claude Desktop.',
  'assistants.how.chatgpt':
    'En ChatGPT en la web abra Settings, Apps, Advanced settings, y active Developer mode. Luego cree una app: pegue la dirección como MCP server URL y elija OAuth.',
  'assistants.how.vscode':
    'Ponga esto en la carpeta donde trabaja, elija Start encima de la entrada y permita que VS Code inicie sesión.',
  'assistants.how.cursor':
    'Ponga esto en el archivo; luego abra los ajustes de Cursor, MCP, y elija Connect junto a dot-copilot.',
  'assistants.how.inspector':
    'Para probar: ejecute esto, abra la página que nombra y elija Connect.',

  'assistants.github.title': 'GitHub',
  'assistants.github.lead':
    'Con un token de GitHub propio sus asistentes reciben también las herramientas de GitHub: leen lo que el token puede leer. Sin él, esas herramientas no están.',
  'assistants.github.account': 'Cuenta',
  'assistants.github.attached': 'Agregado',
  'assistants.github.state': 'Token',
  'assistants.github.checked': 'Aceptado por GitHub',
  'assistants.github.unchecked': 'Aún sin comprobar',
  'assistants.github.uncheckedText':
    'GitHub no respondió cuando se agregó. Si sus herramientas no aparecen, agréguelo de nuevo.',
  'assistants.github.token': 'Token de acceso personal',
  'assistants.github.tokenHint':
    'Se guarda cifrado en el almacén de secretos. Nadie lo vuelve a ver, ni usted.',
  'assistants.github.missing': 'Pegue el token.',
  'assistants.github.attach': 'Agregar token',
  'assistants.github.replace': 'Cambiar token',
  'assistants.github.remove': 'Quitar token',
  'assistants.github.removeAsk': '¿Quitar su token de GitHub?',
  'assistants.github.removeText':
    'Sus asistentes pierden las herramientas de GitHub de inmediato. El token sigue siendo válido hasta que lo borre en GitHub.',
  'assistants.github.saved':
    'Token agregado. Las herramientas de GitHub aparecen en unos segundos.',
  'assistants.github.removed': 'Token quitado.',
  'assistants.github.rights': 'Qué necesita el token',
  'assistants.github.right.kind':
    'Un token «fine-grained» con fecha de vencimiento, creado {link}.',
  'assistants.github.right.link': 'en la página de tokens de GitHub',
  'assistants.github.right.repositories':
    'Repository access: solo los repositorios que sus asistentes deban ver.',
  'assistants.github.right.permissions':
    'Permissions, todos de solo lectura: Metadata, Contents, Issues, Pull requests. Nada que escriba.',

  'assistants.servers.title': 'Servidores detrás de la pasarela',
  'assistants.servers.none': 'No hay servidores configurados',
  'assistants.servers.noneText':
    'La pasarela aún no ha informado, o su configuración no nombra ninguno.',
  'assistants.servers.state.ready': 'Listo',
  'assistants.servers.state.down': 'No responde',
  'assistants.servers.state.starting': 'Arrancando',
  'assistants.servers.state.off': 'Apagado',
  'assistants.servers.tools': '{count, plural, one {# herramienta} other {# herramientas}}',
  'assistants.servers.held': '{count} en espera de decisión',
  'assistants.servers.checked': 'consultado {at}',
  'assistants.servers.unchecked': 'aún sin consultar',
  'assistants.servers.lastGood':
    'Sus herramientas siguen en la lista como se vieron por última vez; las llamadas fallan hasta que vuelva.',

  'assistants.held.title': 'Esperan su decisión',
  'assistants.held.lead':
    'Un servidor ofrece esto por primera vez, o lo describe de otra manera que antes. La descripción es lo que un asistente obedece: apruébela solo si usted le diría lo mismo a un colega.',
  'assistants.held.none': 'Nada espera',
  'assistants.held.noneText':
    'Cuando un servidor ofrece algo nuevo o cambia lo que dice, se retiene aquí hasta que usted apruebe exactamente ese texto.',
  'assistants.held.new': 'Nuevo',
  'assistants.held.changed': 'Cambiado',
  'assistants.held.seen': 'visto {at}',
  'assistants.held.kind.tool': 'Herramienta',
  'assistants.held.kind.prompt': 'Instrucción',
  'assistants.held.kind.resource': 'Recurso',
  'assistants.held.kind.template': 'Plantilla de recurso',
  'assistants.held.before': 'Aprobado antes',
  'assistants.held.after': 'Ofrecido ahora',
  'assistants.held.unseen':
    'Contiene caracteres que nadie puede ver. Aparecen entre ⟨corchetes⟩; una descripción honesta no los necesita.',
  'assistants.held.unchanged': 'sin cambios',
  'assistants.held.unfold':
    '{count, plural, one {Mostrar # línea sin cambios} other {Mostrar # líneas sin cambios}}',
  'assistants.held.hash': 'Huella {hash}',
  'assistants.held.approve': 'Aprobar',
  'assistants.held.reject': 'Rechazar',
  'assistants.held.approveLabel': 'Aprobar {name}',
  'assistants.held.rejectLabel': 'Rechazar {name}',
  'assistants.held.approved': '{name} quedó aprobado y se puede usar.',
  'assistants.held.rejected': '{name} queda fuera.',
  'assistants.held.part.name': 'Nombre',
  'assistants.held.part.title': 'Título',
  'assistants.held.part.description': 'Descripción',
  'assistants.held.part.inputSchema': 'Qué recibe',
  'assistants.held.part.outputSchema': 'Qué responde',
  'assistants.held.part.annotations': 'Qué dice de sí',
  'assistants.held.part.arguments': 'Qué recibe',
  'assistants.held.part.uri': 'Dirección',
  'assistants.held.part.uriTemplate': 'Direcciones',
  'assistants.held.part.mimeType': 'Tipo de contenido',

  'assistants.tools.of': 'Herramientas de {server}',
  'assistants.tools.find': 'Buscar una herramienta',
  'assistants.tools.nothing': 'Ninguna herramienta con «{query}»',
  'assistants.tools.none': 'Aún no hay herramientas',
  'assistants.tools.noneText':
    'La pasarela las muestra en cuanto responde un servidor. Las de GitHub aparecen con un token de GitHub propio.',
  'assistants.tools.count': '{count, plural, one {# herramienta} other {# herramientas}}',
  'assistants.tools.reads': 'Solo lee',
  'assistants.tools.writes': 'Cambia registros',
  'assistants.tools.destructive': 'Puede borrar o sobrescribir',
  'assistants.tools.needs': 'Necesita el permiso de {what}',
  'assistants.tools.status.new': 'Nueva, espera aprobación',
  'assistants.tools.status.changed': 'Cambiada, espera aprobación',
  'assistants.tools.status.rejected': 'Rechazada',

  'assistants.calls.title': 'Llamadas recientes',
  'assistants.calls.audit': 'Abrir en la bitácora',
  'assistants.calls.none': 'Aún no hay llamadas',
  'assistants.calls.noneText': 'Lo que piden sus asistentes aparece aquí, lo más nuevo primero.',
  'assistants.calls.when': 'Cuándo',
  'assistants.calls.who': 'Por',
  'assistants.calls.client': 'Asistente',
  'assistants.calls.tool': 'Herramienta',
  'assistants.calls.outcome': 'Resultado',
  'assistants.calls.took': 'Tardó',
  'assistants.calls.ms': '{ms} ms',
  'assistants.calls.seconds': '{seconds} s',
  'assistants.outcome.ok': 'Hecho',
  'assistants.outcome.tool_error': 'La herramienta dijo que no',
  'assistants.outcome.error': 'Falló',
  'assistants.outcome.cancelled': 'Detenido por el asistente',
  'assistants.outcome.refused': 'Rechazado',
  'assistants.outcome.timeout': 'Tardó demasiado',
  'assistants.outcome.unknown': 'No se sabe',
};
