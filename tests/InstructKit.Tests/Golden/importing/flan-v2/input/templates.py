import copy
from dataclasses import dataclass

PATTERNS = {
    "bells": [
        ("{log}\nHow often did the bell ring?\n{options_}", "{answer}"),
        ("Make up a question on bells with options.", "{log}\n{options_}"),
        ("{log}" + suffix, "{answer}"),
        (f"{log} {options_}", "{answer}"),
    ],
    "reasons": [("{log} Why?", "{cot}\nTherefore {answer}.")],
    "computed": make_patterns("x"),
}
PATTERNS["bells_again"] = PATTERNS["bells"]
PATTERNS["reasons_again"] = copy.deepcopy(PATTERNS["reasons"])
PATTERNS["lost"] = PATTERNS["nowhere"]
PATTERNS.update(OTHERS)



@dataclass
class FewShotPattern:
  inputs: str
  targets: str
  input_pattern: str = "{{inputs}}{final_suffix}"


FEWSHOT_PATTERNS = {
    "bells": [
        FewShotPattern(
            inputs="{log}\n{options_}",
            targets="{answer}",
            inputs_prefix="Log: ",
            targets_prefix="Bell: ",
            x_y_delimiter="\n",
            example_separator="\n\n--\n\n"),
        FewShotPattern("{log} Rings?", "rings: {answer}", "", "", "\n", "\n", in_template_mix=False),
        FewShotPattern(inputs=join("{log}"), targets="{answer}"),
        FewShotPattern(inputs="{log}\n{options_}", targets="{answer}", input_pattern="{{Rules}}\n{{inputs}}{final_suffix}"),
    ],
}
INLINE_PATTERNS = {
    "reasons": [("One example: {example}\nNow: {log}", "{answer}")],
    "reasons": [("An example: {example}\nNow: {log}", "{answer}")],
}
