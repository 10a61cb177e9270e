using InstructKit.Building.Plans;
using InstructKit.Protocol;

namespace InstructKit.Building.Selection;

/// <summary>The training tasks in training order, unless that is a plain shuffle.</summary>
internal sealed record TrainingLanes(TrainingOrder Order, IReadOnlyList<TrainingLanes.Lane> Lanes)
{
    /// <summary>The lanes of a plan; null if examples are written without, shuffled or in input order.</summary>
    /// <param name="shares">Each training task's share of the mixture.</param>
    public static TrainingLanes? Of(ResolvedPlan resolved, IReadOnlyDictionary<string, MixtureShare> shares)
    {
        var order = resolved.Plan.TrainingOrder;
        if (!IsUsed(order)) return null;

        var lanes = resolved.Tasks.Where(task => task.Use == TaskUse.Train)
            .Select(task => new Lane(task.Task.Key, resolved.HoldOut.Scheme.LevelOf(task.Task.Key, task.Cluster), shares[task.Task.Key].Rows, shares[task.Task.Key].Total));
        return new TrainingLanes(order, order == TrainingOrder.Curriculum ? [.. lanes.OrderBy(lane => lane.Level).ThenByDescending(lane => lane.Rows)] : [.. lanes]);
    }

    /// <summary>A description of an order of training examples.</summary>
    public static string Describe(BuildPlan plan) => plan.TrainingOrder switch
    {
        TrainingOrder.Source => "task after task, in the order of their sources",
        TrainingOrder.ByTask => "task after task, each shuffled",
        TrainingOrder.Interleaved => "spread evenly, so that every prefix has each task's share to within one example",
        TrainingOrder.Curriculum => string.Create(CultureInfo.InvariantCulture, $"lower levels before higher ones and larger tasks before smaller ones, neighbours overlapping by {plan.MixingWidth} % of all examples"),
        _ => "shuffled together",
    };

    /// <summary>True for an order that needs lanes.</summary>
    public static bool IsUsed(TrainingOrder order) => order is not (TrainingOrder.Shuffled or TrainingOrder.Source);

    public int IndexOf(string task) => Lanes.Index().First(lane => lane.Item.Task == task).Index;

    /// <summary>The positions of examples.</summary>
    public LaneOrder Places(BuildPlan plan) => new(Order, plan.Seed, [.. Lanes.Select(lane => lane.Expected)], plan.MixingWidth);

    /// <summary>A training task.</summary>
    /// <param name="Task">Its key.</param>
    /// <param name="Level">Its level in a curriculum.</param>
    /// <param name="Rows">Its training rows, before conditions.</param>
    /// <param name="Expected">Rows that the mixture takes from it.</param>
    internal sealed record Lane(string Task, int Level, long Rows, long Expected);
}
