using InstructKit.Authoring.Importing.Python;
using InstructKit.Tasks;
using InstructKit.Templating.Settings;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.Flan;

/// <summary>A pattern of FLAN's file.</summary>
/// <param name="Index">Its index in the list, which is the template's number in FLAN's code.</param>
/// <param name="Input">Pattern of the input.</param>
/// <param name="Target">Pattern of the target.</param>
/// <param name="InputFields">Fields of the input in order.</param>
/// <param name="TargetFields">Fields of the target in order.</param>
internal sealed record FlanPattern(int Index, PythonExpression.Text Input, PythonExpression.Text Target, IReadOnlyList<string> InputFields, IReadOnlyList<string> TargetFields)
{
    private const string Answer = "answer";

    /// <summary>What a few-shot pattern puts between the parts of its exemplars; null for a zero-shot pattern.</summary>
    public ExemplarSeparators? Separators { get; init; }

    /// <summary>Other settings of a few-shot pattern.</summary>
    public IReadOnlyList<(string Key, PythonExpression Value)> Rest { get; init; } = [];

    public IEnumerable<string> Fields => InputFields.Concat(TargetFields);

    /// <summary>
    /// The field that is the answer: <c>answer</c> if a target has it, otherwise what most targets consist of, otherwise the first field of a target; null if
    /// no target has one.
    /// </summary>
    public static string? AnswerOf(IReadOnlyList<FlanPattern> patterns) =>
        patterns.Any(pattern => pattern.TargetFields.Contains(Answer, StringComparer.Ordinal))
            ? Answer
            : patterns.Where(pattern => pattern.TargetFields.Count == 1 && pattern.Target.Content == $"{{{pattern.TargetFields[0]}}}")
                .GroupBy(pattern => pattern.TargetFields[0], StringComparer.Ordinal)
                .OrderByDescending(group => group.Count())
                .FirstOrDefault()?.Key ?? patterns.SelectMany(pattern => pattern.TargetFields).FirstOrDefault();

    /// <summary>The pattern as a template.</summary>
    /// <param name="answer">The answer's field.</param>
    public ImportedTemplate ToTemplate(string? answer) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"pattern-{Index}"),
        Kind = KindFor(answer),
        Dialect = Dialect.Flan,
        Input = Input.Content,
        Target = Target.Content,
        Separators = Separators,
        Metadata = MetadataOf(Rest),
    };

    /// <summary>The pattern's kind, given the answer's field: the file itself does not state it.</summary>
    public TemplateKind KindFor(string? answer) =>
        InputFields.Count == 0 ? TemplateKind.Unconditional
        : answer is not null && InputFields.Contains(answer) ? TemplateKind.Inverse
        : answer is not null && TargetFields.Contains(answer) ? TemplateKind.Direct
        : TemplateKind.Auxiliary;

    private static YamlMap MetadataOf(IReadOnlyList<(string Key, PythonExpression Value)> rest)
    {
        var span = new SourceSpan(SourceText.FromText(string.Empty, string.Empty), 0, 0);
        return new YamlMap(
            [
                .. rest.Select(part => new YamlEntry(Scalar(part.Key, ScalarForm.Plain), part.Value switch
                {
                    PythonExpression.Text text => Scalar(text.Content, ScalarForm.DoubleQuoted),
                    PythonExpression.Literal { Value: bool flag } => Scalar(flag ? "true" : "false", ScalarForm.Plain),
                    var other => Scalar(PythonFile.NounOf(other), ScalarForm.Plain),
                })),
            ],
            span);

        YamlScalar Scalar(string text, ScalarForm form) => new(text, form, span);
    }
}

/// <summary>
/// The fields of FLAN's patterns on the rows of the shipped tasks, where a task names or cleans them differently (FLAN's preprocessors;
/// template keys and tasks of 2021). A field that is not listed is the column or field of its name.
/// </summary>
internal static class FlanFields
{
    private const string Numbered = "zip(range(1, shown | length + 1), shown | map('trim')) | map('join', '. ') | join('\\n')";

    private static readonly Dictionary<string, (string Field, string Expression)[]> ByTask = new(StringComparer.Ordinal)
    {
        ["bool_q"] = [("text", "passage")],
        ["wsc"] = [("context", "text"), ("text1", "span1_text"), ("text2", "span2_text")],
        ["wsc273"] = [("context", "before | trim")],
        ["natural_questions"] = [("question", "asked")],
        ["record"] = [("passage", "article"), ("query", "opening")],
        ["gigaword"] = [("text", "document")],
        ["xsum"] = [("text", "document")],
        ["multi_news"] = [("summary", "digest")],
        ["opinion_abstracts_rotten_tomatoes"] =
        [
            ("critic_consensus", "consensus"), ("movie", "movie | replace('_', ' ')"), ("first_review", "reviews[0]"), ("numbered_reviews", Numbered),
        ],
        ["opinion_abstracts_idebate"] = [("debate_name", "debate"), ("argument_sentences", Numbered)],
        ["samsum"] = [("dialogue", "chat"), ("summary", "recap")],
        ["squad_v1"] = [("title", "page")],
        ["squad_v2"] = [("title", "page")],
        ["quac"] = [("context", "text")],
        ["multirc"] = [("paragraph", "text"), ("response", "candidate")],
        ["ag_news_subset"] = [("title", "headline or ''"), ("text", "description or text")],
        ["anli_r1"] = [("context", "premise")],
        ["anli_r2"] = [("context", "premise")],
        ["anli_r3"] = [("context", "premise")],
        ["para_crawl_enes"] = Translation("language"),
        ["para_crawl_ende"] = Translation("language"),
        ["para_crawl_enfr"] = Translation("language"),
        ["wmt14_enfr"] = Translation("'French'"),
        ["wmt16_translate_csen"] = Translation("language"),
        ["wmt16_translate_deen"] = Translation("language"),
        ["wmt16_translate_fien"] = Translation("language"),
        ["wmt16_translate_roen"] = Translation("language"),
        ["wmt16_translate_ruen"] = Translation("language"),
        ["wmt16_translate_tren"] = Translation("language"),
        ["common_gen"] = [("concepts_newline", "stacked"), ("concepts", "listed")],
        ["dart"] = [("tripleset_newline", "bars | join('\\n')"), ("tripleset", "bars | join('; ')")],
        ["e2e_nlg"] = [("meaning_representation", "flat")],
        ["web_nlg_en"] = [("input_string", "flat")],
        ["wiki_lingua_english_en"] = [("source", "guide"), ("target", "steps")],
        ["stsb"] = [("answer_str", "'%.0f' | format(score)")],
        ["openbookqa"] = [("question", "stem")],
    };

    /// <summary>The fields that a task must derive, in order.</summary>
    public static IReadOnlyList<(string Field, string Expression)> Of(string task) => ByTask.GetValueOrDefault(task, []);

    private static (string Field, string Expression)[] Translation(string language) =>
        [("lang1", "'English'"), ("lang2", language), ("sent1", "english"), ("sent2", "foreign")];
}
