namespace InstructKit.Cli.Output;

/// <summary>Says what a format does not hold of some examples, and what keeps it.</summary>
internal static class LossText
{
    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["line_breaks"] = "a space was written for each tab and line end (--line-breaks escape keeps them)",
        ["trailing_turns"] = "turns behind the model's last one are left out",
        ["reasoning"] = "reasoning is left out (--reasoning and --reasoning-history keep it)",
        ["other_keys"] = "messages have further keys, which are left out",
        ["earlier_replies"] = "the last reply is the target, earlier ones are not trained on (formats with turns train on all)",
        ["tools"] = "the tools that are offered are left out (formats with turns keep them)",
        ["media"] = "images and other parts that are no text are left out (messages, axolotl and openai keep them)",
        ["turn_marks"] = "turns are not trained on in the source, which nothing says here (--turn-marks KEY marks them)",
        ["text_beside_calls"] = "text and reasoning beside calls of tools are left out",
        ["joined_results"] = "results of several calls are joined into one turn",
        ["not_alternating"] = "questions and answers do not alternate; LLaMA-Factory drops such rows",
        ["tool_calls"] = "calls of tools are part of the text",
        ["names"] = "names of speakers are left out",
    };

    /// <summary>One line.</summary>
    /// <param name="key">Format and name of the loss, as in <c>t5-tsv: line_breaks</c>.</param>
    /// <param name="examples">How many examples lose it.</param>
    public static string Of(string key, long examples)
    {
        var name = key[(key.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        return $"{key[..^name.Length]}{Wording.Count(examples, "example")}: {Texts.GetValueOrDefault(name, name)}.";
    }
}
