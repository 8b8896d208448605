"""Texts to begin with. A carrier reads them, makes them its own, and answers for them."""

from __future__ import annotations

from dot_copilot.features.acknowledgements.schemas import FormWords, Suggestion, Words

_POLICY_EN = """I have received my employer's policy on the misuse of alcohol and use of controlled substances, with the \
materials that 49 CFR 382.601 requires. They tell me:

- whom to ask about them, and which drivers and which times of the day are under these rules;
- what conduct is prohibited, and when I will be tested for alcohol and controlled substances;
- how tests are done, and how they protect me and make sure that a result is mine;
- that I must take the tests, what counts as a refusal, and what follows from one;
- what follows from a violation, also from an alcohol concentration of 0.02 or more but less than 0.04;
- what alcohol and controlled substances do to health, work and life, how a problem shows, and where help is;
- that violations, refusals and certain results are reported to the Commercial Driver's License Drug and Alcohol Clearinghouse.

I have read them, or had them read to me, and could ask questions."""
_POLICY_ES = """He recibido la política de mi empleador sobre el mal uso del alcohol y el uso de sustancias controladas, \
con los materiales que exige 49 CFR 382.601. Me informan de:

- a quién preguntar sobre ellos, y qué choferes y qué horas del día están bajo estas reglas;
- qué conducta está prohibida, y cuándo se me harán pruebas de alcohol y sustancias controladas;
- cómo se hacen las pruebas, y cómo me protegen y aseguran que el resultado es mío;
- que debo hacer las pruebas, qué cuenta como negativa, y qué consecuencias tiene;
- qué sigue a una violación, también a una concentración de alcohol de 0.02 o más pero menor de 0.04;
- qué hacen el alcohol y las sustancias controladas a la salud, al trabajo y a la vida, cómo se notan, y dónde hay ayuda;
- que las violaciones, negativas y ciertos resultados se informan al Commercial Driver's License Drug and Alcohol Clearinghouse.

Los he leído, o me los han leído, y pude hacer preguntas."""

SUGGESTIONS = [
    Suggestion(
        requirement="da_policy",
        words=FormWords(
            en=Words(title="Receipt of the drug and alcohol policy", text=_POLICY_EN),
            es=Words(title="Recibo de la política de drogas y alcohol", text=_POLICY_ES),
        ),
    )
]
