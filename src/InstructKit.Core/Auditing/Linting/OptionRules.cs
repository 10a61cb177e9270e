using InstructKit.Tasks;

namespace InstructKit.Auditing.Linting;

/// <summary>Whether direct templates of a task with options show what the options are.</summary>
internal static class OptionRules
{
    /// <summary>Looks at every direct template.</summary>
    public static void Check(TaskDefinition task, FindingList findings)
    {
        if (!task.IsClassification) return;

        var names = new TemplateNames(task);
        // Options made of columns are shown by showing the columns: `options: [choice1, choice2]`.
        var parts = names.Reached(TemplateNames.OfExpression(task.OptionsExpression));
        // A template of promptsource has choices of its own, and says in its metadata whether it shows them.
        foreach (var template in task.DirectTemplates.Where(template => !template.IsPromptsource))
        {
            var read = names.Reached(TemplateNames.OfInput(template));
            var shown = read.Contains("options")
                || (task.Options is null ? read.Overlaps(parts) : Mentions(template.Input.Text, task.Options));
            if (!shown)
            {
                findings.Add(
                    LintCodes.OptionsMissing, $"The input of the direct template '{template.Id}' does not show the options.", template.Span, template,
                    "Print {{ options_block }} or {{ options | join(\", \") }}, or name them in the text.");
            }
        }
    }

    // A scale of numbers is given by its ends.
    private static bool Mentions(string text, IReadOnlyList<string> options)
    {
        var scale = options.All(option => option.All(letter => char.IsAsciiDigit(letter) || letter is '.' or '-'));
        IEnumerable<string> needed = scale ? [options[0], options[^1]] : options;
        return needed.All(option => WordCount.Of(text, option) > 0);
    }
}
