using InstructKit.Tasks;

namespace InstructKit.Auditing.Linting;

/// <summary>Templates of one task and kind that say the same in nearly the same words.</summary>
internal static class WordingRules
{
    /// <summary>
    /// From this share of common words in common order on, two wordings with the same placeholders in the same order are near duplicates: a sentence in
    /// which every second or third word was replaced by a synonym keeps 0.55 to 0.7 of itself.
    /// </summary>
    internal const double SameOrderBound = 0.5;

    /// <summary>The bound when the placeholders differ or stand in another order, which is a difference of form by itself.</summary>
    internal const double OtherOrderBound = 0.65;

    // Fewer words are a bare form ("premise: … hypothesis: …"), whose placeholders alone tell it from another one.
    private const int FewWords = 4;

    /// <summary>Compares all pairs.</summary>
    public static void Check(TaskDefinition task, FindingList findings)
    {
        var wordings = task.Templates.Select(Wording.Of).ToList();
        for (var i = 0; i < wordings.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (wordings[i].Template.Kind == wordings[j].Template.Kind && IsNear(wordings[i], wordings[j], out var likeness))
                {
                    var (late, early) = (wordings[i].Template, wordings[j].Template);
                    findings.Add(
                        LintCodes.NearDuplicate,
                        string.Create(CultureInfo.InvariantCulture, $"The template '{late.Id}' is worded nearly like '{early.Id}', at {early.Span.Start} (likeness {likeness:0.00})."),
                        late.Span,
                        late,
                        "Ask in another form: a question, an order, a gap to fill, a dialogue, the text first or last.");
                }
            }
        }
    }

    private static bool IsNear(Wording a, Wording b, out double likeness)
    {
        likeness = Wording.Likeness(a, b);
        var sameOrder = Wording.SamePlaceholders(a, b);
        return Math.Max(a.Words.Count, b.Words.Count) < FewWords ? likeness == 1 && sameOrder : likeness >= (sameOrder ? SameOrderBound : OtherOrderBound);
    }
}
