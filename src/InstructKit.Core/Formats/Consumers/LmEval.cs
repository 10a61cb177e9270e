using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>
/// The rows that lm-evaluation-harness reads with this tool's task files (EleutherAI/lm-evaluation-harness: lm_eval/api/task.py ConfigurableTask): an input,
/// with choices and the index of the correct one, or with answers to generate.
/// </summary>
internal static class LmEval
{
    private const string Choice = "lm_eval/api/task.py doc_to_choice, doc_to_target";

    private static readonly Shape Choices = ListOf(AnyText.Also(static (check, choice) =>
    {
        if (choice.Bytes.IsEmpty) check.Error(ConsumerCodes.Empty, choice, $"{choice.Path} is empty: an empty choice is an IndexError");
    })).Also(static (check, choices) =>
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (var choice in choices)
        {
            if (choice.IsText && !seen.Add(choice.AsText())) check.Warning(ConsumerCodes.SameAnswers, choice, $"{choice.Path} is {choice.Words}, which is among the choices already");
        }
    }).From(Choice);

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("lm-eval", "lm-evaluation-harness: input, choices and answer_index, or answers", "lm_eval/api/task.py ConfigurableTask")
    {
        Row = AnyObject.Also(CheckInput).Also(CheckAnswer),
        Rules = static () => [new OneKind(KindOf) { Source = "lm_eval/api/task.py ConfigurableTask.__init__" }, new SteadyColumns()],
        Identity = ["input", "prompt", "choices", "answer_index", "answers", "target", "completion"],
    };

    private static void CheckInput(RowCheck check, JsonNode row)
    {
        var input = row.Find("input"u8);
        if (input.IsMissing) input = row.Find("prompt"u8);
        if (input.IsAbsent) Missing(check, row, input, "input");
        else AnyText.Check(check, input);
    }

    private static void CheckAnswer(RowCheck check, JsonNode row)
    {
        var choices = row.Find("choices"u8);
        if (choices.IsAbsent || (choices.IsList && choices.Count == 0))
        {
            CheckAnswers(check, row);
            return;
        }

        Choices.Check(check, choices);
        var index = row.Find("answer_index"u8);
        check.Source = Choice;
        if (index.IsAbsent) Missing(check, row, index, "answer_index");
        else if (index.IsList)
        {
            if (index.Count == 0) check.Error(ConsumerCodes.Empty, index, "answer_index is an empty list: no choice is right");
            foreach (var one in index) CheckIndex(check, one, choices.Count);
        }
        else CheckIndex(check, index, choices.Count);
    }

    private static void CheckIndex(RowCheck check, JsonNode index, int choices)
    {
        if (index.Kind != JsonKind.Integer)
            check.Error(ConsumerCodes.WrongType, index, $"{index.Path} is {index.Words}, expected the index of a choice or a list of such");
        else if (!int.TryParse(index.Bytes, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) || value < 0 || value >= choices)
            check.Error(ConsumerCodes.OutOfRange, index, string.Create(CultureInfo.InvariantCulture, $"{index.Path} is {index.Words}, expected 0 to {choices - 1}: the row would score 0 or fail"));
    }

    private static void CheckAnswers(RowCheck check, JsonNode row)
    {
        var answers = row.Find("answers"u8);
        if (answers.IsAbsent) answers = row.Find("target"u8);
        if (answers.IsAbsent) answers = row.Find("completion"u8);
        if (answers.IsAbsent) Missing(check, row, row.Find("answers"u8), "answers");
        else Either(AnyText, ListOf(AnyText, 1)).Check(check, answers);
    }

    // Only the first row decides whether there are choices, and whether several answers are correct.
    private static string? KindOf(JsonNode row)
    {
        var choices = row.Find("choices"u8);
        if (choices is { IsList: true, Count: > 0 }) return row.Find("answer_index"u8).IsList ? "a question with choices of which several are right" : "a question with choices of which one is right";

        var answers = row.Find("answers"u8);
        if (answers.IsAbsent) answers = row.Find("target"u8);
        if (answers.IsAbsent) answers = row.Find("completion"u8);
        if (answers.IsAbsent) return choices.IsList ? "a question without choices" : null;

        return answers.IsList ? "a question with a list of answers" : "a question with one answer";
    }
}
