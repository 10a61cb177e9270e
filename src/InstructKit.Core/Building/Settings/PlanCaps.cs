using InstructKit.Building.Plans;
using InstructKit.Building.Selection;

namespace InstructKit.Building.Settings;

/// <summary>The caps of a plan by output split, and the options that set them.</summary>
internal static class PlanCaps
{
    /// <summary>Maximum number of rows per task in an output split; null for no limit.</summary>
    public static long? Of(BuildPlan plan, string split) => split switch
    {
        OutputSplit.Train => plan.MaxTrain,
        OutputSplit.HeldOut or OutputSplit.Test => plan.MaxHeldOut,
        _ => plan.MaxValidation,
    };

    /// <summary>The option that sets the cap of an output split.</summary>
    public static string OptionOf(string split)
    {
        var key = split switch { OutputSplit.Train => "caps.train", OutputSplit.HeldOut or OutputSplit.Test => "caps.held_out", _ => "caps.validation" };
        return PlanSettings.All.Single(setting => setting.Key == key).Option!; // caps have options
    }
}
