namespace InstructKit.Benchmarks;

/// <summary>A template of each class that datasets use.</summary>
internal static class TemplateTexts
{
    public static string Of(TemplateClass kind) => kind switch
    {
        TemplateClass.Plain => "{{ premise }}\nDoes it follow that \"{{ hypothesis }}\"?",
        TemplateClass.Member => "{{ premise }}\n{{ answers.text[0] }} at {{ answers.start[0] }}",
        TemplateClass.Condition => "{% if label == 0 %}{{ premise }}{% elif label == 1 %}{{ hypothesis }}{% else %}neither{% endif %}",
        TemplateClass.Loop => "{{ hypothesis }}{% for choice in choices %}\n- {{ choice }}{% endfor %}",
        TemplateClass.LoopWithIndex => "{% for choice in choices %}{{ loop.index }}) {{ choice }}{% if not loop.last %}, {% endif %}{% endfor %}",
        TemplateClass.Join => "{{ hypothesis }} Pick from {{ choices | join(\", \") }}.",
        TemplateClass.Filters => "{{ premise | lower }}\n{{ hypothesis | replace(\".\", \"!\") | trim | title }}",
        TemplateClass.Choice => "{{ [\"yes\", \"no\", \"maybe\"][label] }}, {{ choices[label] | capitalize }}",
        _ => "{% set words = hypothesis.split(\" \") %}{{ words | length }} {{ words[0] }} {{ (label + 1) ~ \"/\" ~ choices | length }}",
    };
}
