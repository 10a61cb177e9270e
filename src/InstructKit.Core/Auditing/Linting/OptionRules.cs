using InstructKit.Tasks;

namespace InstructKit.Auditing.Linting;

/// <summary>Checks that direct templates of a task with options show the options.</summary>
internal static class OptionRules
{
    /// <summary>Checks every direct template.</summary>
    public static void Check(TaskDefinition task, FindingList findings)
    {
        if (!task.IsClassification) return;

        var names = new TemplateNames(task);
        // Options taken from columns are shown by showing the columns: `options: [choice1, choice2]`.
        var parts = names.Reached(TemplateNames.OfExpression(task.OptionsExpression));
        // A promptsource template has its own choices, and its metadata states whether it shows them.
        foreach (var template in task.DirectTemplates.Where(template => !template.IsPromptsource))
        {
            var read = names.Reached(TemplateNames.OfInput(template));
            var shown = read.Contains("options") || (task.Options is null ? read.Overlaps(parts) : Mentions(template.Input.Text, task.Options));
            if (!shown)
            {
                findings.Add(
                    LintCodes.OptionsMissing, $"The input of the direct template '{template.Id}' does not show the options.", template.Span, template,
                    "Print {{ options_block }} or {{ options | join(\", \") }}, or name them in the text.");
            }
        }
    }

    // A numeric scale is given by its ends.
    private static bool Mentions(string text, IReadOnlyList<string> options)
    {
        var scale = options.All(option => option.All(letter => char.IsAsciiDigit(letter) || letter is '.' or '-'));
        IEnumerable<string> needed = scale ? [options[0], options[^1]] : options;
        return needed.All(option => WordCount.Of(text, option) > 0);
    }
}
