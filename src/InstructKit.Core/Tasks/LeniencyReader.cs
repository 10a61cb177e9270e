using InstructKit.Sources;
using InstructKit.Yaml;

namespace InstructKit.Tasks;

/// <summary>Reads what a layout or a plan lets pass.</summary>
public static class LeniencyReader
{
    /// <summary>Takes the keys; words that are none of theirs are reported to the form.</summary>
    public static Leniency Take(YamlForm form)
    {
        ArgumentNullException.ThrowIfNull(form);
        return new Leniency
        {
            InvalidUtf8 = (BadCharacters?)form.TakeChoice(LeniencyNames.InvalidUtf8, LeniencyNames.ForCharacters),
            DuplicateKeys = (DuplicateKeys?)form.TakeChoice(LeniencyNames.DuplicateKeys, LeniencyNames.ForKeys),
            LoneSurrogates = (BadCharacters?)form.TakeChoice(LeniencyNames.LoneSurrogates, LeniencyNames.ForCharacters),
        };
    }
}
