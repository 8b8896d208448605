export const signIn = {
  'signIn.title': 'Iniciar sesión',
  'signIn.lead': 'Quién puede manejar hoy, quién no podrá mañana y por qué.',
  'signIn.email': 'Correo electrónico',
  'signIn.password': 'Contraseña',
  'signIn.submit': 'Entrar',
  'signIn.emailMissing': 'Escriba el correo de su cuenta.',
  'signIn.passwordMissing': 'Escriba su contraseña.',
  'signIn.newPassword': 'Su nueva contraseña',
  'signIn.newPasswordHint': 'Al menos 12 caracteres; ni su correo ni una común.',
  'signIn.newPasswordLead':
    'La contraseña que recibió sirve una vez. Elija la suya; la reemplaza ahora.',
  'signIn.newPasswordMissing': 'Elija una contraseña de al menos 12 caracteres.',
  'signIn.change': 'Guardar y entrar',
  'signIn.language': 'Idioma',
  'signIn.ended': 'Su sesión se cerró. Entre para seguir donde estaba.',
};
