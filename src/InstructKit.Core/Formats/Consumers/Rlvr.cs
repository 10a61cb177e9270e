using System.Text.RegularExpressions;
using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>open-instruct's RLVR (allenai/open-instruct: open_instruct/dataset_transformation.py rlvr_tokenize, ground_truth_utils.py): messages, truths, and the verifiers that compare them.</summary>
internal static partial class Rlvr
{
    private const string Verify = "open_instruct/ground_truth_utils.py";

    private static readonly string[] Verifiers =
    [
        "gsm8k", "math", "strict_math", "ifeval", "ifeval_old", "flan", "string_matcher", "string_f1", "puzzle", "re_search", "re_search_f1", "max_length", "up_to_max_length", "code", "code_stdio", "rubric",
    ];

    private static readonly Shape Messages = new Turns { Roles = ["system", "user", "assistant", "tool", "environment"] }
        .Also(static (check, turns) =>
        {
            if (turns.Count == 1 && turns.Last.Find("role"u8).Is("assistant"u8)) check.Error(ConsumerCodes.Empty, turns, "messages has only a turn of the assistant, which is not a question to answer");
        });

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("rlvr", "open-instruct RLVR: messages, ground_truth and dataset", "open_instruct/dataset_transformation.py rlvr_tokenize")
    {
        Row = Record(
            Required("messages", Messages),
            Required("ground_truth", Either(FilledText, ListOf(Either(FilledText, AnyList, AnyObject), 1))),
            Required("dataset", Either(FilledText, ListOf(FilledText, 1))),
            Optional("tools", ListOf(FilledText))).Also(CheckTruths),
        Rules = static () => [new SteadyColumns()],
        Extensions = [".jsonl", ".json", ".parquet"],
        Compressions = [],
        Identity = ["messages"],
    };

    private static void CheckTruths(RowCheck check, JsonNode row)
    {
        var (truth, verifier) = (row.Find("ground_truth"u8), row.Find("dataset"u8));
        if (verifier.IsText)
        {
            // The name is wrapped in a list; the truth as well, unless it is one already.
            var isTests = verifier.Is("code"u8) || verifier.Is("code_stdio"u8);
            if (truth.IsList && truth.Count > 1 && !isTests) check.Error(ConsumerCodes.Lengths, truth, $"ground_truth has {truth.Count} elements, dataset is one name: an assertion fails");
            else CheckTruth(check, truth is { IsList: true, Count: 1 } && !isTests ? truth.First : truth, verifier);
            return;
        }

        if (!verifier.IsList || truth.IsAbsent) return;

        if (!truth.IsList)
        {
            check.Error(ConsumerCodes.Lengths, truth, "dataset is a list and ground_truth is not: each verifier needs its truth");
            return;
        }

        if (truth.Count != verifier.Count)
        {
            check.Error(ConsumerCodes.Lengths, truth, $"ground_truth has {truth.Count} elements, dataset {verifier.Count}: an assertion fails");
            return;
        }

        List<JsonNode> truths = [];
        foreach (var one in truth) truths.Add(one);

        var index = 0;
        foreach (var one in verifier) CheckTruth(check, truths[index++], one);
    }

    private static void CheckTruth(RowCheck check, JsonNode truth, JsonNode verifier)
    {
        if (verifier.IsBlank || !verifier.IsText || truth.IsAbsent) return;

        check.Source = Verify;
        var name = verifier.AsText().ToLowerInvariant();
        if (!Verifiers.Contains(name) && !name.StartsWith("general-", StringComparison.Ordinal) && !name.StartsWith("general_", StringComparison.Ordinal))
            check.Warning(ConsumerCodes.UnknownValue, verifier, $"{verifier.Path} is {verifier.Words}, which is not a verifier: the row has no reward (remap_verifier gives it one)");

        var text = truth.IsText ? truth.AsText().Trim() : null;
        if ((truth.IsList || truth.IsObject) && Verifiers.Contains(name) && name is not ("code" or "code_stdio" or "re_search" or "rubric" or "ifeval_old"))
        {
            check.Error(ConsumerCodes.WrongType, truth, $"{truth.Path} is {truth.Words}, expected a string for '{name}'");
            return;
        }

        switch (name)
        {
            case "gsm8k" when text is not null && !PlainNumber.IsMatch(text):
                check.Error(ConsumerCodes.UnusableAnswer, truth, $"{truth.Path} is {truth.Words}, expected a plain number: the last number of the response, without commas and a whole one without its sign, is compared with it as text");
                break;
            case "max_length" or "up_to_max_length" when text is not null && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _):
                check.Error(ConsumerCodes.UnusableAnswer, truth, $"{truth.Path} is {truth.Words}, expected a number of tokens as a string");
                break;
            case "ifeval" when text is not null && (!text.StartsWith('[') || !text.Contains("instruction_id", StringComparison.Ordinal) || !text.Contains("kwargs", StringComparison.Ordinal)):
                check.Error(ConsumerCodes.UnusableAnswer, truth, $"{truth.Path} is {truth.Words}, expected the Python literal of a list with instruction_id and kwargs");
                break;
            case "ifeval" when text is not null && JsonWord.Match(text) is { Success: true } word:
                check.Error(ConsumerCodes.UnusableAnswer, truth, $"{truth.Path} has the JSON word {word.Groups["word"].Value}, which is not a Python literal: write None, True or False");
                break;
            case "rubric" when truth.IsText:
                JsonText(Either(AnyObject, AnyList)).Check(check, truth);
                break;
            case "code" or "code_stdio" when truth.IsText:
                JsonText(AnyList).Check(check, truth);
                break;
            default:
                break;
        }
    }

    [GeneratedRegex(@"^(?:[0-9]+|[-+]?[0-9]*\.[0-9]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainNumber { get; }

    // null, true and false outside the quotes of a Python literal.
    [GeneratedRegex(@"^(?:[^'""]|'(?:[^'\\]|\\.)*'|""(?:[^""\\]|\\.)*"")*?(?<![\w'""])(?<word>null|true|false)(?!\w)", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex JsonWord { get; }
}
