namespace InstructKit.Authoring.Importing.Flan;

/// <summary>
/// What the fields of FLAN's patterns are on the rows of the shipped tasks, where a task names or cleans them in another way (FLAN's preprocessors;
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
        ["ag_news_subset"] = [("text", "news")],
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

    /// <summary>The fields of a task that have to be made, in order.</summary>
    public static IReadOnlyList<(string Field, string Expression)> Of(string task) => ByTask.GetValueOrDefault(task, []);

    private static (string Field, string Expression)[] Translation(string language) =>
        [("lang1", "'English'"), ("lang2", language), ("sent1", "english"), ("sent2", "foreign")];
}
